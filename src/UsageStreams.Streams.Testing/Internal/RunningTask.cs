using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Testing.Internal;

/// <summary>A task and how far it has read its input.</summary>
internal sealed class RunningTask(StreamTask task, IReadOnlyList<StoredRecord> input, long position)
{
    public StreamTask Task { get; } = task;

    public long Position { get; private set; } = position;

    /// <summary>Hands a record to the task's tables, if it is theirs.</summary>
    public void Follow(TestTopic topic, StoredRecord record)
    {
        if (record.Partition != Task.Id.Partition || Task.Tables.Count == 0)
            return;
        foreach ((SideTable table, TableView view) in Task.Tables)
        {
            if (table.Topic == topic.Name && !record.IsWatermark)
                view.Update(record.Key, record.Value, record.Value is null, record.Timestamp);
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
            Task.Process(record.ToInput(Position));
            any = true;
        }

        Task.CaughtUp();
        return any;
    }
}
