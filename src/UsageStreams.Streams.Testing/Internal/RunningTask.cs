using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Testing.Internal;

/// <summary>A task and how far it has read its input.</summary>
internal sealed class RunningTask(StreamTask task, IReadOnlyList<StoredRecord> input, long position, IReadOnlyList<(string Topic, TableFaults Table)> tables)
{
    private long _readTo;

    public StreamTask Task { get; } = task;

    public long Position { get; private set; } = position;

    /// <summary>Hands a record to the task's tables, if it is theirs.</summary>
    public void Follow(TestTopic topic, StoredRecord record, long offset)
    {
        if (record.Partition != Task.Id.Partition)
            return;
        foreach ((string name, TableFaults table) in tables)
        {
            if (name == topic.Name && !record.IsWatermark)
                table.Update(record.Partition, record.ToInput(offset));
        }
    }

    /// <summary>Feeds everything that is there.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Read()
    {
        bool any = false;
        for (; Position < input.Count; Position++)
        {
            StoredRecord record = input[(int)Position];
            if (Position >= _readTo)
                ReadAhead();
            Task.Process(record.ToInput(Position));
            any = true;
        }

        Task.CaughtUp();
        return any;
    }

    /// <summary>As a stream thread does.</summary>
    private void ReadAhead()
    {
        _readTo = Math.Min(Position + SourceNode.AheadLimit, input.Count);
        for (long next = Position; next < _readTo; next++)
            Task.ReadAhead(input[(int)next].ToInput(next));
        Task.FetchEntries();
    }
}
