using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using UsageStreams.Protocol;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Streams.Tests.Wire;

/// <summary>
/// A broker that answers as a test says, on a loopback port. Which requests it serves it says by itself; a script that gives null closes the connection,
/// and one that never ends leaves the client waiting.
/// </summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private int _accepted;

    public ScriptedBroker()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public BrokerAddress Address => new("localhost", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Connections that came so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>With it the broker expects TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The highest version of each request that is served.</summary>
    public short HighestVersion { get; init; } = 20;

    /// <summary>Reads a request's body and gives that of the answer.</summary>
    public Func<ApiKey, WireReader, Task<Action<WireWriter>?>> Answer { get; set; } = static (_, _) => Task.FromResult<Action<WireWriter>?>(static _ => { });

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using Stream stream = await SecuredAsync(client.GetStream());
                while (await AnswerOneAsync(stream))
                {
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client went, or would not come.
            }
        }
    }

    private async Task<Stream> SecuredAsync(NetworkStream plain)
    {
        if (Certificate is null)
            return plain;
        var secured = new SslStream(plain);
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stopping.Token);
        return secured;
    }

    private async Task<bool> AnswerOneAsync(Stream stream)
    {
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length, _stopping.Token);
        byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(frame, _stopping.Token);
        var reader = new WireReader();
        reader.Reset(frame, 0, frame.Length);
        var key = (ApiKey)reader.ReadInt16();
        reader.ReadInt16();
        int correlation = reader.ReadInt32();
        reader.ReadClientId();
        Action<WireWriter>? answer = key == ApiKey.ApiVersions ? Versions : await Answer(key, reader).WaitAsync(_stopping.Token);
        if (answer is null)
            return false;
        using var writer = new WireWriter();
        int size = writer.ReserveInt32();
        writer.WriteInt32(correlation);
        answer(writer);
        writer.PatchInt32(size, writer.Length - 4);
        await stream.WriteAsync(writer.WrittenMemory, _stopping.Token);
        return true;
    }

    private void Versions(WireWriter writer)
    {
        ApiKey[] keys = Enum.GetValues<ApiKey>();
        writer.WriteInt16(0);
        writer.WriteArrayLength(keys.Length);
        foreach (ApiKey key in keys)
        {
            writer.WriteInt16((short)key);
            writer.WriteInt16(0);
            writer.WriteInt16(HighestVersion);
        }
    }
}
