using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>Carries out what is decided about the faults of one task.</summary>
internal sealed class TaskFaults(StreamTask task, FaultHandling handling, ThreadFaults thread)
{
    private readonly Dictionary<(string Node, FaultKind Kind, FaultDecision Decision), long> _uncommitted = [];

    /// <summary>Whether a record that fails below the source may be left out.</summary>
    public bool DecidesOnRecords => handling.DecidesOnRecords;

    /// <summary>A record that the source can't read.</summary>
    /// <returns>False: the application is to stop.</returns>
    public bool TryLeaveOut(string source, in InputRecord input, UndecodableException cause)
    {
        if (ReferenceEquals(handling.Deserialization, FaultHandlers.Stop))
            return false;
        FaultDecision decision = thread.Decide(handling, Of(FaultKind.Deserialization, source, cause, in input));
        if (decision == FaultDecision.Stop)
            return false;
        LeaveOut(in input, new DecidedFault(decision, FaultKind.Deserialization, source, cause));
        return true;
    }

    /// <summary>A record failed below the source.</summary>
    /// <param name="input">The record as read.</param>
    /// <param name="failure">What a node threw.</param>
    /// <param name="leftTraces">Whether stores or output may have something of the record.</param>
    /// <returns>False: the application is to stop.</returns>
    /// <exception cref="TransactionFailure">The record is to be left out, and the transaction aborted first.</exception>
    public bool TryLeaveOut(in InputRecord input, ProcessingException failure, bool leftTraces)
    {
        Exception cause = failure.InnerException ?? failure;
        FaultDecision decision = thread.Decide(handling, Of(failure.Kind, failure.Node, cause, in input) with { OutputTopic = failure.OutputTopic });
        if (decision == FaultDecision.Stop)
            return false;
        var fault = new DecidedFault(decision, failure.Kind, failure.Node, cause);
        if (leftTraces)
            throw RollBack(fault);
        LeaveOut(in input, fault);
        return true;
    }

    /// <summary>Whether the task may go on after a punctuation failed.</summary>
    public bool MayGoOn(ProcessingException failure, bool leftTraces)
    {
        if (!handling.DecidesOnRecords || failure.Kind == FaultKind.Deserialization)
            return false;
        Exception cause = failure.InnerException ?? failure;
        FaultDecision decision = thread.Decide(handling, new Fault(failure.Kind, failure.Node, cause) { Task = task.Id, OutputTopic = failure.OutputTopic });
        if (decision != FaultDecision.Continue || leftTraces)
            return false;
        thread.Logger.PunctuationLeftOut(failure.Node, task.Id, cause.Message, cause);
        Count(failure.Node, failure.Kind, decision);
        return true;
    }

    /// <summary>A record about which was decided before its transaction was aborted, or because it can't be read.</summary>
    public void LeaveOut(in InputRecord input, DecidedFault fault)
    {
        if (fault.Decision == FaultDecision.DeadLetter)
            Send(in input, fault, handling.DeadLetterTopic!);
        else
            thread.Logger.LeftOut(task.Metadata.ToString(), fault.Kind, fault.Node, fault.Cause.Message, fault.Cause);
        Count(fault.Node, fault.Kind, fault.Decision);
    }

    /// <summary>Commits what was read so far, so that a later record that fails doesn't make it to be read once more.</summary>
    public void CommitNow() => thread.CommitNow?.Invoke();

    /// <summary>What was decided about records of the task that are to be read again; null when nothing was.</summary>
    public Dictionary<long, DecidedFault>? Remembered() => thread.Memory.Of(task.InputTopic, task.Id.Partition);

    /// <summary>The task's input is committed up to <paramref name="next"/>; null when nothing was read since the last time.</summary>
    public void Committed(long? next)
    {
        if (next is { } offset)
            thread.Memory.Forget(task.InputTopic, task.Id.Partition, offset);
        foreach (((string node, FaultKind kind, FaultDecision decision), long count) in _uncommitted)
            thread.Tally.Add(node, kind, decision, count);
        _uncommitted.Clear();
    }

    private TransactionFailure RollBack(DecidedFault fault)
    {
        thread.Memory.Add(task.Metadata, fault);
        thread.Tally.AddRollback();
        thread.IsRollingBack = true;
        thread.Logger.RollingBack(fault.Node, task.Metadata.ToString(), fault.Cause.Message, fault.Cause);
        return new TransactionFailure($"Node '{fault.Node}' of task {task.Id} failed at {task.Metadata}, which is left out: {fault.Cause.Message}", fault.Cause);
    }

    private void Send(in InputRecord input, DecidedFault fault, string topic)
    {
        int partitions = task.Collector.PartitionCount(topic);
        try
        {
            task.Collector.Send(new OutputRecord(topic, input.HasKey ? Partitioners.Murmur2(input.Key, partitions) : task.Id.Partition % partitions)
            {
                Key = input.Key,
                HasKey = input.HasKey,
                Value = input.Value,
                HasValue = input.HasValue,
                Headers = fault.DeadLetterHeadersOf(in input, task.Metadata, task.Id),
            });
        }
        catch (RecordRefusedException e)
        {
            throw new StreamsException(
                $"The dead letter of {task.Metadata}, which failed at node '{fault.Node}', can't be written to '{topic}': {e.Message} "
                + "Correct that, or let the handler decide otherwise, and start again. Nothing was committed beyond the last commit.", e);
        }

        thread.LogDeadLetter(task.Metadata, topic, fault);
    }

    private void Count(string node, FaultKind kind, FaultDecision decision) =>
        _uncommitted[(node, kind, decision)] = _uncommitted.GetValueOrDefault((node, kind, decision)) + 1;

    private Fault Of(FaultKind kind, string node, Exception cause, in InputRecord input) => new(kind, node, cause)
    {
        Task = task.Id,
        Record = task.Metadata,
        Key = input.KeyBytes,
        Value = input.ValueBytes,
        Headers = input.Headers,
    };
}
