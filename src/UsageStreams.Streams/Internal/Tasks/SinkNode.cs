using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>The end of a path: encodes a record and hands it to the collector.</summary>
internal sealed class SinkNode<TKey, TValue> : Receiver<TKey, TValue>
{
    private readonly string _name;
    private readonly StreamTask _task;
    private readonly RecordEncoder<TKey, TValue> _encoder;
    private readonly bool _carriesEventTime;
    private readonly string _topic;
    private readonly int _partitions;

    public SinkNode(string name, TaskScope scope, TopicName topic, RecordEncoder<TKey, TValue> encoder, bool carriesEventTime)
    {
        _name = name;
        _task = scope.Task;
        _encoder = encoder;
        _carriesEventTime = carriesEventTime;
        _topic = _task.Resolve(topic);
        _partitions = _task.Collector.PartitionCount(_topic);
    }

    public override void Process(in Record<TKey, TValue> record)
    {
        try
        {
            Send(in record);
        }
        catch (Exception e) when (e is (not StreamsException) or RecordRefusedException or UndecodableException)
        {
            throw _task.Failure(_name, e).In(FaultKind.Production, _topic);
        }
    }

    private void Send(in Record<TKey, TValue> record)
    {
        _encoder.Encode(in record, _task.Keys, _task.Values);
        int partition = _encoder.Partition(record.Key, _task.Keys.WrittenSpan, _partitions, _task.Id.Partition);
        if ((uint)partition >= (uint)_partitions)
            throw new InvalidOperationException($"The partitioner gave partition {partition}; topic '{_topic}' has {_partitions} (0 to {_partitions - 1}).");
        _task.Collector.Send(new OutputRecord(_topic, partition)
        {
            Key = _task.Keys.WrittenSpan,
            HasKey = record.Key is not null,
            Value = _task.Values.WrittenSpan,
            HasValue = !record.IsTombstone,
            Headers = record.Headers,
            Timestamp = _carriesEventTime ? record.Timestamp : OutputRecord.Now,
        });
    }
}
