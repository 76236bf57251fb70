using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>The request a connection is working on: its header, the reader on its body, the writer of its answer. Reused for the next one.</summary>
internal sealed class Request(WireReader reader, WireWriter writer, string clientHost)
{
    public WireReader Reader { get; } = reader;

    public WireWriter Writer { get; } = writer;

    public string ClientHost { get; } = clientHost;

    public ApiKey Key { get; set; }

    public short Version { get; set; }

    public string ClientId { get; set; } = "";

    /// <summary>A produce request with acks=0 has no place in the order of answers.</summary>
    public bool HasNoAnswer { get; set; }

    /// <summary>The error that the request is to be answered with, for a test; null for none.</summary>
    public ErrorCode? Refusal { get; set; }

    /// <summary>The throttle time nearly every answer has: this broker never throttles.</summary>
    public void WriteNoThrottle() => Writer.WriteInt32(0);
}

/// <summary>
/// Answers one kind of request: reads the body, does the work, writes the body of the answer. Called for one request of a connection at a
/// time, and for several connections at once. An exception closes the connection.
/// </summary>
internal interface IRequestHandler
{
    ApiVersionRange Versions { get; }

    ValueTask HandleAsync(Request request, CancellationToken cancellation);
}
