using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>DescribeCluster 0 to 1, always flexible. 1 asks for brokers (1) or controllers (2); this node is both.</summary>
internal sealed class DescribeCluster(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.DescribeCluster, 0, 1, 0);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        reader.ReadBoolean();
        sbyte endpoint = request.Version >= 1 ? reader.ReadInt8() : (sbyte)1;
        request.WriteNoThrottle();
        writer.WriteError(ErrorCode.None);
        writer.WriteNullableString(null);
        if (request.Version >= 1)
            writer.WriteInt8(endpoint);
        writer.WriteString(broker.ClusterId);
        writer.WriteInt32(BrokerParts.NodeId);
        writer.WriteArrayLength(1);
        writer.WriteInt32(BrokerParts.NodeId);
        writer.WriteString(broker.Host);
        writer.WriteInt32(broker.Port);
        writer.WriteNullableString(null);
        writer.WriteNoTags();
        writer.WriteInt32(int.MinValue);
        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}
