namespace UsageStreams.Streams.Queries;

/// <summary>The answer for many keys.</summary>
/// <param name="Entries">Keys and values. Those of one task are as they were at one moment; those of different tasks at different ones.</param>
/// <param name="At">What the answer reflects: one for each task that was asked.</param>
public sealed record EntriesResult<TKey, TValue>(IReadOnlyList<KeyValuePair<TKey, TValue>> Entries, IReadOnlyList<StorePosition> At);
