using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Embedded.Network;

/// <summary>Accepts connections on loopback and runs each on its own.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Connection, Task> _connections = [];
    private readonly ILogger _logger;
    private Task _accepting = Task.CompletedTask;

    /// <exception cref="EmbeddedBrokerException">The port is taken.</exception>
    public Listener(int port, ILogger logger)
    {
        _logger = logger;
        try
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _socket.Listen(512);
        }
        catch (SocketException cause)
        {
            _socket.Dispose();
            _stop.Dispose();
            string reason = cause.SocketErrorCode == SocketError.AddressAlreadyInUse ? "another program has it" : cause.Message;
            throw new EmbeddedBrokerException(
                $"The embedded broker cannot listen on port {port} of 127.0.0.1: {reason}. Stop that program, or choose another port (0 takes any free one).", cause);
        }
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Start(RequestTable table) => _accepting = AcceptAsync(table);

    /// <summary>Lets go of the port without ever having served.</summary>
    public void Abandon()
    {
        _socket.Dispose();
        _stop.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync(RequestTable table)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(_stop.Token);
                socket.NoDelay = true;
                var connection = new Connection(socket, table, _logger);
                var served = Task.Run(() => ServeAsync(connection));
                _connections[connection] = served;
                // A connection that ended before it was noted down did not find itself to remove.
                if (served.IsCompleted)
                    _connections.TryRemove(connection, out _);
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure)
            {
                BrokerLog.AcceptFailed(_logger, failure);
                // No descriptors left, for example: it lasts, and must not fill the log meanwhile.
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        using (connection)
            await connection.RunAsync(_stop.Token);
        _connections.TryRemove(connection, out _);
    }
}
