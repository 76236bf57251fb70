using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Internal.Windows;

namespace UsageStreams.Streams.Windows;

/// <summary>A grouped stream that is aggregated, for each record, over the span of time that ends with it.</summary>
public sealed class SlidingWindowedKStream<TKey, TValue> : MergingWindowedKStream<TKey, TValue>
    where TKey : notnull
{
    private readonly SlidingWindows _windows;

    internal SlidingWindowedKStream(KStream<TKey, TValue> stream, SlidingWindows windows)
        : base(stream) => _windows = windows;

    private protected override bool KeepsResults => false;

    private protected override IProcessor<TKey, TValue, Windowed<TKey>, Change<TAggregate>> Processor<TAggregate>(
        StoreBuilder<Windowed<TKey>, TAggregate> store,
        Fold<TKey, TValue, TAggregate> fold,
        Combiner<TAggregate> merger,
        EmitStrategy emit,
        SideOutput<Windowed<TKey>, TValue> late) =>
        new SlidingFoldProcessor<TKey, TValue, TAggregate>(store, _windows, fold, merger, emit, late);
}
