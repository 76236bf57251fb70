namespace UsageStreams.Streams.Queries;

/// <summary>The answer for one key.</summary>
/// <param name="Found">Whether the store has the key.</param>
/// <param name="Value">Its value, or the type's default.</param>
/// <param name="At">What the answer reflects.</param>
public readonly record struct KeyResult<TValue>(bool Found, TValue? Value, StorePosition At);
