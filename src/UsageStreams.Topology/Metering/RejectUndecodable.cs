using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Turns records that can't be decoded or can't be meant into rejected events: as they were read, with the reason.</summary>
internal sealed class RejectUndecodable(StoreBuilder<OutcomeKey, OutcomeTally> outcomes) : IProcessor<byte[]?, UndecodableRecord, byte[]?, RejectedEvent>
{
    private ProcessorContext<byte[]?, RejectedEvent> _context = null!;
    private OutcomeCounter _outcomes = null!;

    public void Init(ProcessorContext<byte[]?, RejectedEvent> context)
    {
        _context = context;
        _outcomes = new OutcomeCounter(context.GetStore(outcomes), context.TaskId.Partition);
    }

    public void Process(in Record<byte[]?, UndecodableRecord> record)
    {
        _outcomes.Count(record.Key, Outcome.Rejected);
        _context.Forward(record.WithValue(Rejection(record.Value)));
    }

    private static RejectedEvent Rejection(UndecodableRecord record) => new()
    {
        Topic = record.Source.Topic,
        Partition = record.Source.Partition,
        Offset = record.Source.Offset,
        Key = record.Key,
        Value = record.Value,
        Headers = HeadersOf(record.Headers),
        Reason = record.Code ?? ReasonOf(record.Reason),
        Text = record.Cause,
        Arrival = DateTimeOffset.FromUnixTimeMilliseconds(record.Source.Arrival),
    };

    private static string ReasonOf(UndecodableReason reason) => reason switch
    {
        UndecodableReason.NullKey => "missing-key",
        UndecodableReason.NullValue => "missing-value",
        UndecodableReason.Watermark => "unreadable-watermark",
        _ => "undecodable",
    };

    private static List<Model.RecordHeader> HeadersOf(RecordHeaders headers)
    {
        var copied = new List<Model.RecordHeader>(headers.Count);
        foreach (var header in headers) copied.Add(new Model.RecordHeader { Name = header.Key, Value = header.Value });
        return copied;
    }
}
