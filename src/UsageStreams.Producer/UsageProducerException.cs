using UsageStreams.Model;

namespace UsageStreams.Producer;

/// <summary>
/// What a producer fails with: options that make no sense, Kafka that can't be reached. Its two kinds say what became of an event:
/// <see cref="InvalidUsageEventException"/> and <see cref="UsageDeliveryException"/>.
/// </summary>
public class UsageProducerException : Exception
{
    internal UsageProducerException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>The event breaks a rule, so that it could never be counted; nothing was sent. Sending it again gives the same.</summary>
public sealed class InvalidUsageEventException : UsageProducerException
{
    internal InvalidUsageEventException(EventFault fault, Exception? cause = null)
        : base(fault.Text, cause) => Fault = fault;

    /// <summary>The rule, with the code under which metering would have rejected the event.</summary>
    public EventFault Fault { get; }
}

/// <summary>
/// Kafka did not acknowledge the event. Publish it again, unchanged and with the same id: if it did arrive after all, metering finds the repetition and counts
/// it once. With another id it would be another event, and counted twice.
/// </summary>
public sealed class UsageDeliveryException : UsageProducerException
{
    internal UsageDeliveryException(string code, string message, bool mayHaveArrived, Exception? cause = null)
        : base(message, cause) => (Code, MayHaveArrived) = (code, mayHaveArrived);

    /// <summary>The client's word for the cause, such as <c>Local_MsgTimedOut</c>.</summary>
    public string Code { get; }

    /// <summary>False when it is certain that the event did not get there.</summary>
    public bool MayHaveArrived { get; }
}
