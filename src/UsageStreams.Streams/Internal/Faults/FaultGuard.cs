using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>
/// Stands before the source of a task where somebody decides about records that fail: such a record is left out whole, and at once when it has left
/// no traces. Where nobody decides there is no guard, and records pay nothing for it.
/// </summary>
internal sealed class FaultGuard(string name, SourceNode source, StreamTask task, TaskFaults faults) : SourceNode
{
    private Dictionary<long, DecidedFault>? _decided;
    private bool _commitsFirst;

    /// <summary>Not before: a standby's task is made long before it starts.</summary>
    public override void Start() => _decided = faults.Remembered();

    public override bool ReadsAhead => source.ReadsAhead;

    public override void ReadAhead(in InputRecord input) => source.ReadAhead(in input);

    public override void Process(in InputRecord input)
    {
        if (_commitsFirst)
        {
            _commitsFirst = false;
            faults.CommitNow();
        }

        if (_decided is not null && TryLeaveOutAgain(in input))
            return;
        long traces = task.Traces;
        long? streamTime = task.StreamTime;
        try
        {
            source.Process(in input);
        }
        catch (ProcessingException e) when (e.Kind != FaultKind.Deserialization)
        {
            task.Time.Return(streamTime);
            if (!faults.TryLeaveOut(in input, e, task.Traces != traces))
                throw;
        }
        catch (UndecodableException e)
        {
            // A serde that user code calls itself.
            task.Time.Return(streamTime);
            ProcessingException failure = task.Failure(name, e);
            if (!faults.TryLeaveOut(in input, failure, task.Traces != traces))
                throw failure;
        }
    }

    public override void Reject(in InputRecord input, UndecodableReason reason, string cause, string? code = null) =>
        source.Reject(in input, reason, cause, code);

    private bool TryLeaveOutAgain(in InputRecord input)
    {
        if (!_decided!.Remove(input.Offset, out DecidedFault? fault))
            return false;
        if (_decided.Count == 0)
            _decided = null;
        faults.LeaveOut(in input, fault);
        _commitsFirst = true;
        return true;
    }
}
