using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams.Windows;

/// <summary>What a join of two streams gives, and what came too late for it.</summary>
public sealed class JoinedStream<TKey, TLeft, TRight, TResult> : KStream<TKey, TResult>
{
    internal JoinedStream(ProcessedStream<TKey, TResult> joined, SideOutput<TKey, TLeft> lateLeft, SideOutput<TKey, TRight> lateRight)
        : base(joined.Graph, [(Outlet<TKey, TResult>)joined.Node.Outlets[0]])
    {
        joined.Node.NeedsTime = true;
        LateLeft = joined.Mandatory(lateLeft, "left records that come after their window is closed");
        LateRight = joined.Mandatory(lateRight, "right records that come after their window is closed");
    }

    /// <summary>Left records that came later than the grace allows, and were joined with nothing. Must be connected.</summary>
    public KStream<TKey, TLeft> LateLeft { get; }

    /// <summary>Right records that came later than the grace allows, and were joined with nothing. Must be connected.</summary>
    public KStream<TKey, TRight> LateRight { get; }
}
