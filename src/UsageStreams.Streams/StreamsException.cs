using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams;

/// <summary>Base of every error that the engine reports.</summary>
public class StreamsException : Exception
{
    /// <summary>Makes the error.</summary>
    public StreamsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>Bytes are not what a serde reads. The record is at fault, so reading it again gives the same.</summary>
public sealed class UndecodableException : StreamsException
{
    /// <summary>Makes the error; <paramref name="message"/> says what was expected and what was found.</summary>
    public UndecodableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the error with a code of the topology's own.</summary>
    public UndecodableException(string code, string message)
        : base(message) => Code = code;

    /// <summary>A code of the topology's own, by which the undecodable stream can be sorted; null from serdes.</summary>
    public string? Code { get; }
}

/// <summary>
/// Something outside is not available now. The engine aborts the transaction, drops its tasks and tries again with growing pauses.
/// </summary>
public sealed class RetriableException : StreamsException
{
    /// <summary>Makes the error; <paramref name="message"/> names what is not available.</summary>
    public RetriableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A topology is wrong. The message lists every problem with the node's name and the fix.</summary>
public sealed class TopologyException : StreamsException
{
    internal TopologyException(string message, IReadOnlyList<string> problems)
        : base(message) => Problems = problems;

    internal TopologyException(string problem)
        : this(problem, [problem])
    {
    }

    /// <summary>The problems, one sentence or two each.</summary>
    public IReadOnlyList<string> Problems { get; }
}

/// <summary>A record can't be processed: user code threw, or the record is undecodable and nobody asked for such records.</summary>
public sealed class ProcessingException : StreamsException
{
    internal ProcessingException(string message, string node, TaskId task, RecordMetadata? record, Exception? innerException)
        : base(message, innerException)
    {
        Node = node;
        Task = task;
        Record = record;
    }

    internal FaultKind Kind { get; private set; } = FaultKind.Processing;

    /// <summary>The topic that a sink was to write.</summary>
    internal string? OutputTopic { get; private set; }

    /// <summary>The node that failed.</summary>
    public string Node { get; }

    /// <summary>The task that failed.</summary>
    public TaskId Task { get; }

    /// <summary>Where the record at hand stands; null in a punctuation.</summary>
    public RecordMetadata? Record { get; }

    internal ProcessingException In(FaultKind kind, string? outputTopic)
    {
        (Kind, OutputTopic) = (kind, outputTopic);
        return this;
    }
}
