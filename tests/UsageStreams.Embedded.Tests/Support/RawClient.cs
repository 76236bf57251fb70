using System.Buffers.Binary;
using System.Net.Sockets;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Tests.Support;

/// <summary>One connection that speaks the protocol byte by byte.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _connection;
    private readonly NetworkStream _stream;
    private int _correlation;

    private RawClient(TcpClient connection) => (_connection, _stream) = (connection, connection.GetStream());

    public static async Task<RawClient> ConnectAsync(BrokerUnderTest test)
    {
        var connection = new TcpClient();
        string[] endpoint = test.Broker.BootstrapServers.Split(':');
        await connection.ConnectAsync(endpoint[0], int.Parse(endpoint[1]), TestContext.Current.CancellationToken);
        return new RawClient(connection);
    }

    /// <summary>Sends a request of a version without flexible encoding, unless told so, and returns the answer behind its correlation id.</summary>
    public async Task<WireReader> CallAsync(ApiKey key, short version, Action<WireWriter> body, bool flexible = false, bool flexibleHeader = false)
    {
        await SendAsync(key, version, body, flexible);
        return await ReceiveAsync(flexible, flexibleHeader);
    }

    public async Task SendAsync(ApiKey key, short version, Action<WireWriter> body, bool flexible = false)
    {
        using var writer = new WireWriter();
        int size = writer.ReserveInt32();
        writer.WriteInt16((short)key);
        writer.WriteInt16(version);
        writer.WriteInt32(++_correlation);
        writer.WriteString("raw");
        writer.Flexible = flexible;
        writer.WriteNoTags();
        body(writer);
        writer.PatchInt32(size, writer.Length - 4);
        await _stream.WriteAsync(writer.WrittenMemory, TestContext.Current.CancellationToken);
    }

    public async Task<WireReader> ReceiveAsync(bool flexible = false, bool flexibleHeader = false)
    {
        byte[] size = new byte[4];
        await _stream.ReadExactlyAsync(size, TestContext.Current.CancellationToken);
        byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await _stream.ReadExactlyAsync(frame, TestContext.Current.CancellationToken);
        var reader = new WireReader();
        reader.Reset(frame, 0, frame.Length);
        reader.ReadInt32().ShouldBe(_correlation);
        reader.Flexible = flexibleHeader;
        reader.SkipTags();
        reader.Flexible = flexible;
        return reader;
    }

    /// <summary>Whether the broker closes the connection, as it must on what it cannot read.</summary>
    public async Task<bool> IsClosedByBrokerAsync()
    {
        try
        {
            return await _stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Produces one batch (version 7) and returns error and base offset.</summary>
    public async Task<(ErrorCode Error, long BaseOffset)> ProduceAsync(string topic, byte[] batch, string? transactionalId = null, int partition = 0)
    {
        var answer = await CallAsync(ApiKey.Produce, 7, writer =>
        {
            writer.WriteNullableString(transactionalId);
            writer.WriteInt16(-1);
            writer.WriteInt32(1000);
            writer.WriteArrayLength(1);
            writer.WriteString(topic);
            writer.WriteArrayLength(1);
            writer.WriteInt32(partition);
            writer.WriteBytes(batch);
        });
        answer.ReadArrayLength().ShouldBe(1);
        answer.ReadString().ShouldBe(topic);
        answer.ReadArrayLength().ShouldBe(1);
        answer.ReadInt32().ShouldBe(partition);
        return ((ErrorCode)answer.ReadInt16(), answer.ReadInt64());
    }

    /// <summary>InitProducerId version 1.</summary>
    public async Task<(ErrorCode Error, long Id, short Epoch)> InitProducerAsync(string? transactionalId)
    {
        var answer = await CallAsync(ApiKey.InitProducerId, 1, writer =>
        {
            writer.WriteNullableString(transactionalId);
            writer.WriteInt32(60_000);
        });
        answer.ReadInt32();
        return ((ErrorCode)answer.ReadInt16(), answer.ReadInt64(), answer.ReadInt16());
    }

    public void Dispose()
    {
        _stream.Dispose();
        _connection.Dispose();
    }
}
