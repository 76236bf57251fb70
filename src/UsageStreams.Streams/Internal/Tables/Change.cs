namespace UsageStreams.Streams.Internal.Tables;

/// <summary>What happened to a key of a table.</summary>
/// <param name="HadOld">Whether the key had a value before. True as well when that is not known.</param>
/// <param name="Old">The value before.</param>
/// <param name="HasNew">Whether it has a value now.</param>
/// <param name="New">The value now.</param>
internal readonly record struct Change<TValue>(bool HadOld, TValue? Old, bool HasNew, TValue? New)
{
    /// <summary>The value before is not known: the table's topic is read and not kept.</summary>
    public bool IsOldUnknown { get; init; }

    public static Change<TValue> OfTopic<TKey>(in Record<TKey, TValue> record) =>
        new(HadOld: true, default, !record.IsTombstone, record.Value) { IsOldUnknown = true };
}
