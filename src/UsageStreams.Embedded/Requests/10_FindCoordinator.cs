using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>FindCoordinator 0 to 5: it is always this node. 1 adds the kind of key, 3 is flexible, 4 asks for several keys.</summary>
internal sealed class FindCoordinator(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.FindCoordinator, 0, 5, 3);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        if (request.Version < 4)
            reader.ReadString();
        if (request.Version >= 1)
            reader.ReadInt8();
        string[] keys = request.Version >= 4 ? reader.ReadStringArray() : [];
        if (request.Version >= 1)
            request.WriteNoThrottle();
        if (request.Version < 4)
            WriteSingle(request);
        else
            WriteAll(writer, keys);
        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private void WriteSingle(Request request)
    {
        request.Writer.WriteError(ErrorCode.None);
        if (request.Version >= 1)
            request.Writer.WriteNullableString(null);
        WriteNode(request.Writer);
    }

    private void WriteAll(WireWriter writer, string[] keys)
    {
        writer.WriteArrayLength(keys.Length);
        foreach (string key in keys)
        {
            writer.WriteString(key);
            WriteNode(writer);
            writer.WriteError(ErrorCode.None);
            writer.WriteNullableString(null);
            writer.WriteNoTags();
        }
    }

    private void WriteNode(WireWriter writer)
    {
        writer.WriteInt32(BrokerParts.NodeId);
        writer.WriteString(broker.Host);
        writer.WriteInt32(broker.Port);
    }
}
