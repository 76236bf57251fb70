using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>What a thread's tasks share about faults: it outlives the tasks.</summary>
internal sealed class ThreadFaults(ILogger logger, TimeProvider clock, FaultMemory memory, FaultTally tally)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string Node, FaultKind Kind), (long LoggedAt, long Unlogged)> _deadLetters = [];

    public FaultMemory Memory => memory;

    public FaultTally Tally => tally;

    public ILogger Logger => logger;

    /// <summary>Commits what was read so far; null where somebody else says when.</summary>
    public Action? CommitNow { get; set; }

    /// <summary>Whether the transaction is aborted because of a record, about which is decided: nothing has to be waited for.</summary>
    public bool IsRollingBack { get; set; }

    /// <summary>Asks the handler.</summary>
    /// <exception cref="StreamsException">The handler failed, or decided what can't be done.</exception>
    public FaultDecision Decide(FaultHandling handling, Fault fault)
    {
        FaultDecision decision;
        try
        {
            decision = handling.Of(fault.Kind)(fault);
        }
        catch (Exception e) when (e is not RetriableException)
        {
            throw new StreamsException(
                $"The handler of {fault.Kind} faults failed itself, at node '{fault.Node}', {fault.Record}: {e.Message} "
                + "A handler decides and does not throw; correct it and start again. Nothing was committed beyond the last commit.", e);
        }

        if (decision == FaultDecision.DeadLetter && handling.DeadLetterTopic is null)
        {
            throw new StreamsException(
                $"The handler of {fault.Kind} faults decided {nameof(FaultDecision.DeadLetter)} at node '{fault.Node}', {fault.Record}, and there is no topic for that. "
                + $"Set {nameof(FaultHandling)}.{nameof(FaultHandling.DeadLetterTopic)}.", fault.Exception);
        }

        if (decision == FaultDecision.Stop)
            tally.Add(fault.Node, fault.Kind, decision);
        return decision;
    }

    /// <summary>Logs at most one dead letter a second for each node and kind: there may be many, and each tells by itself what it is.</summary>
    public void LogDeadLetter(RecordMetadata record, string topic, DecidedFault fault)
    {
        (long loggedAt, long unlogged) = _deadLetters.GetValueOrDefault((fault.Node, fault.Kind), (long.MinValue, 0));
        if (loggedAt != long.MinValue && clock.GetElapsedTime(loggedAt) < LogInterval)
        {
            _deadLetters[(fault.Node, fault.Kind)] = (loggedAt, unlogged + 1);
            return;
        }

        logger.DeadLettered(record.ToString(), topic, fault.Kind, fault.Node, fault.Cause.Message, unlogged, fault.Cause);
        _deadLetters[(fault.Node, fault.Kind)] = (clock.GetTimestamp(), 0);
    }
}
