using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams;

/// <summary>The first record of each id, and what was held back.</summary>
public sealed class DeduplicatedStream<TKey, TValue> : KStream<TKey, TValue>
{
    private readonly ProcessedStream<TKey, TValue> _first;
    private readonly SideOutput<TKey, TValue> _duplicates;

    internal DeduplicatedStream(
        KStream<TKey, TValue> input, ProcessedStream<TKey, TValue> first, SideOutput<TKey, TValue> late, SideOutput<TKey, TValue> duplicates)
        : base(input.Graph, [(Outlet<TKey, TValue>)first.Node.Outlets[0]], input.IsRekeyed)
    {
        _first = first;
        _duplicates = duplicates;
        Late = first.Mandatory(late, "records that come later than ids are remembered");
    }

    /// <summary>Records that lie so far behind stream time that they may or may not be duplicates. Must be connected.</summary>
    public KStream<TKey, TValue> Late { get; }

    /// <summary>The repeated records. Need not be connected.</summary>
    public KStream<TKey, TValue> Duplicates => _first.SideOutput(_duplicates);
}
