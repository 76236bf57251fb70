using System.Text;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Turns records that can't be decoded or can't be meant into rejected events: as they were read, with the reason.</summary>
internal sealed class RejectUndecodable(MeteringStores stores, MeteringOptions options) : IProcessor<byte[]?, UndecodableRecord, byte[]?, RejectedEvent>
{
    private ProcessorContext<byte[]?, RejectedEvent> _context = null!;
    private OutcomeCounter _outcomes = null!;
    private ExceptionLog _exceptions = null!;

    public void Init(ProcessorContext<byte[]?, RejectedEvent> context)
    {
        _context = context;
        _outcomes = new OutcomeCounter(context.GetStore(stores.Outcomes), context.TaskId.Partition);
        _exceptions = new ExceptionLog(context.GetStore(stores.Exceptions), options.Exceptions, context.TaskId.Partition);
    }

    public void Process(in Record<byte[]?, UndecodableRecord> record)
    {
        var rejected = Rejections.Of(record.Value);
        var key = record.Key is null ? string.Empty : Encoding.UTF8.GetString(record.Key);
        _outcomes.Count(key, Ending.Rejection(rejected.Reason));
        var one = Waiting.One(record.Timestamp, record.Value.Source);
        _exceptions.Raise(key, ExceptionKind.Rejected, rejected.Reason, rejected.Text, one, record.Value.Source.Arrival);
        _context.Forward(record.WithValue(rejected));
    }
}
