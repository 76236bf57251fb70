namespace UsageStreams.Streams.Faults;

/// <summary>What becomes of a record that failed, and of the application.</summary>
public enum FaultDecision
{
    /// <summary>The application stops with an error that names node, task and record; nothing is committed beyond the last commit.</summary>
    Stop,

    /// <summary>The record is left out as if it had never been there; counted and logged.</summary>
    Continue,

    /// <summary>As <see cref="Continue"/>, and the record as it was read goes to the dead-letter topic, once, in the transaction of its offset.</summary>
    DeadLetter,
}

/// <summary>
/// Decides about a fault; called once for it, on the thread of the task. What it throws stops the application. It may be asked again after the
/// instance was restarted before the decision was committed, so it should answer the same to the same.
/// </summary>
public delegate FaultDecision FaultHandler(Fault fault);

/// <summary>Handlers that always decide the same.</summary>
public static class FaultHandlers
{
    /// <summary>Always <see cref="FaultDecision.Stop"/>: the default.</summary>
    public static FaultHandler Stop { get; } = static _ => FaultDecision.Stop;

    /// <summary>Always <see cref="FaultDecision.Continue"/>.</summary>
    public static FaultHandler Continue { get; } = static _ => FaultDecision.Continue;

    /// <summary>Always <see cref="FaultDecision.DeadLetter"/>.</summary>
    public static FaultHandler DeadLetter { get; } = static _ => FaultDecision.DeadLetter;
}
