using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.State;

/// <summary>Reads records as the source does, and hands them to the stores instead of the processors.</summary>
internal sealed class SourceReplayer<TKey, TValue>(
    RecordReader<TKey, TValue> source, IReadOnlyList<(InputReplay<TKey, TValue> Replay, StateStore Store)> stores) : InputReplayer
{
    public override void Take(in InputRecord input, in RecordMetadata metadata)
    {
        if (!source.TryRead(in input, out Record<TKey, TValue> record))
            return;
        foreach ((InputReplay<TKey, TValue> replay, StateStore store) in stores)
            replay.Take(in record, in metadata, store);
    }
}
