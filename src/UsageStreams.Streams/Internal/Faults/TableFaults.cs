using Confluent.Kafka;
using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>Decides about records of a table's topic that can't be read.</summary>
internal sealed class TableFaults(TableView view, string topic, FaultHandling handling, ThreadFaults thread)
{
    /// <summary>Gives the table a record, or leaves it out.</summary>
    /// <exception cref="StreamsException">It can't be read, and the application is to stop.</exception>
    public void Update(int partition, in InputRecord input)
    {
        try
        {
            view.Update(input.Key, input.Value, !input.HasValue, input.Arrival);
        }
        catch (UndecodableException e)
        {
            if (!TryLeaveOut(partition, in input, e))
                throw Unreadable(new TopicPartitionOffset(topic, partition, input.Offset), "table", e);
        }
    }

    /// <summary>
    /// Leaves a record out: its key has no row then, rather than that of an earlier record, which compaction may or may not have kept.
    /// </summary>
    /// <returns>False: the application is to stop.</returns>
    public bool TryLeaveOut(int partition, in InputRecord input, UndecodableException cause)
    {
        var record = new RecordMetadata(topic, partition, input.Offset, input.Arrival);
        var fault = new Fault(FaultKind.Deserialization, view.Name, cause)
        {
            Record = record, Key = input.KeyBytes, Value = input.ValueBytes, Headers = input.Headers,
        };
        if (thread.Decide(handling, fault) == FaultDecision.Stop)
            return false;
        Remove(in input);
        thread.Logger.LeftOut(record.ToString(), FaultKind.Deserialization, view.Name, cause.Message, cause);
        thread.Tally.Add(view.Name, FaultKind.Deserialization, FaultDecision.Continue);
        return true;
    }

    public static StreamsException Unreadable(TopicPartitionOffset position, string purpose, UndecodableException e) => new(
        $"The {purpose} record at topic '{position.Topic}' partition {position.Partition.Value} offset {position.Offset.Value} can't be read: {e.Message} "
        + "Someone else wrote it, or the serde changed: restore the serde, or remove the record.", e);

    private void Remove(in InputRecord input)
    {
        if (!input.HasKey)
            return;
        try
        {
            view.Update(input.Key, default, deleted: true, input.Arrival);
        }
        catch (UndecodableException)
        {
            // It is the key that can't be read, so there is no row that it could have meant; the fault is told of by the caller.
            return;
        }
    }
}
