using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Internal.Windows;

namespace UsageStreams.Streams.Windows;

/// <summary>A grouped stream that is aggregated by session.</summary>
public sealed class SessionWindowedKStream<TKey, TValue> : MergingWindowedKStream<TKey, TValue>
    where TKey : notnull
{
    private readonly SessionWindows _windows;

    internal SessionWindowedKStream(KStream<TKey, TValue> stream, SessionWindows windows)
        : base(stream) => _windows = windows;

    private protected override bool KeepsResults => true;

    private protected override IProcessor<TKey, TValue, Windowed<TKey>, Change<TAggregate>> Processor<TAggregate>(
        StoreBuilder<Windowed<TKey>, TAggregate> store,
        Fold<TKey, TValue, TAggregate> fold,
        Combiner<TAggregate> merger,
        EmitStrategy emit,
        SideOutput<Windowed<TKey>, TValue> late) =>
        new SessionFoldProcessor<TKey, TValue, TAggregate>(store, _windows, fold, merger, emit, late);
}
