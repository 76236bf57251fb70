using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using UsageStreams.Embedded.Requests;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Network;

/// <summary>
/// One client connection: reads a frame, answers it, reads the next. Strictly in order, as Kafka does, so a parked fetch or join holds up
/// only its own connection. Frames are handled in the receive buffer; nothing of a request outlives its answer.
/// </summary>
internal sealed class Connection(Socket socket, RequestTable table, ILogger logger) : IDisposable
{
    private const int MaxFrame = 104_857_600;
    private const int InitialBuffer = 64 * 1024;

    private readonly string _peer = socket.RemoteEndPoint?.ToString() ?? "unknown";
    private readonly WireWriter _writer = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBuffer);
    private int _start;
    private int _end;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var request = new Request(new WireReader(), _writer, "/" + ((socket.RemoteEndPoint as System.Net.IPEndPoint)?.Address.ToString() ?? ""));
        try
        {
            while (await ReceiveFrameAsync(cancellation) is > 0 and var size)
            {
                request.Reader.Reset(_buffer, _start + 4, _start + 4 + size);
                await table.AnswerAsync(request, cancellation);
                _start += 4 + size;
                if (!request.HasNoAnswer)
                    await SendAsync(cancellation);
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the broker stops: the normal ends of a connection.
        }
        catch (MalformedFrameException problem)
        {
            BrokerLog.ConnectionRefused(logger, _peer, problem.Message);
        }
        catch (Exception failure)
        {
            BrokerLog.RequestFailed(logger, _peer, (int)request.Key, request.Version, failure);
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        _writer.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Makes the next whole frame stand at the start position; returns its size, or 0 when the client has closed.</summary>
    private async ValueTask<int> ReceiveFrameAsync(CancellationToken cancellation)
    {
        if (!await FillAsync(4, cancellation))
            return 0;
        int size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (size is < 8 or > MaxFrame)
            throw new MalformedFrameException($"a frame of {size} bytes was announced; 8 to {MaxFrame} are taken. Does the client speak TLS or another protocol?");
        return await FillAsync(4 + size, cancellation) ? size : 0;
    }

    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellation)
    {
        if (_end - _start >= count)
            return true;
        MakeRoom(count);
        while (_end - _start < count)
        {
            int received = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellation);
            if (received == 0)
                return false;
            _end += received;
        }

        return true;
    }

    private void MakeRoom(int count)
    {
        byte[] target = count > _buffer.Length ? ArrayPool<byte>.Shared.Rent(count) : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        if (!ReferenceEquals(target, _buffer))
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _end, _start) = (target, _end - _start, 0);
    }

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        var rest = _writer.WrittenMemory;
        while (!rest.IsEmpty)
            rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellation)..];
    }
}
