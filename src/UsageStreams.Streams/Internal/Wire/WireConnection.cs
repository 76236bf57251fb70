using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Confluent.Kafka;
using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// A connection to one broker, on which one request at a time is answered. What fails closes it; the next call opens it again. Its owner makes
/// one call after the other.
/// </summary>
internal sealed class WireConnection(WireSettings settings) : IDisposable
{
    private const int LargestAnswer = 100 << 20;
    private const int KeptBytes = 1 << 20;

    private readonly WireWriter _request = new();
    private readonly WireReader _answer = new();
    private byte[] _answerBytes = new byte[1024];
    private Stream? _stream;
    private BrokerAddress? _address;
    private int _correlation;
    private long _loggedIn;
    private TimeSpan? _loginLasts;

    /// <summary>Sends a request to the broker at <paramref name="address"/> and reads the body of its answer.</summary>
    /// <exception cref="BrokerAwayException">The broker is not to be reached, does not answer in time, or closed the connection.</exception>
    /// <exception cref="KafkaException">The broker refuses the login or does not speak the request's version.</exception>
    public async Task<T> CallAsync<T>(BrokerAddress address, WireRequest request, Func<WireReader, T> read, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(settings.SocketTimeout);
        bool isOpen = _stream is not null && _address == address && !IsLoginOver();
        try
        {
            if (!isOpen)
                await OpenAsync(address, limit.Token);
            return read(await ExchangeAsync(request, limit.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or MalformedFrameException or OperationCanceledException)
        {
            Close();
            stopping.ThrowIfCancellationRequested();
            bool isLate = e is OperationCanceledException;
            string reason = isLate ? $"no answer within {settings.SocketTimeout}" : e.Message;
            throw new BrokerAwayException($"{address}: {request.Key}: {reason}", wasIdle: isOpen && !isLate, e);
        }
        catch
        {
            Close();
            throw;
        }
    }

    public void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }

    public void Dispose()
    {
        Close();
        _request.Dispose();
    }

    private async Task OpenAsync(BrokerAddress address, CancellationToken stopping)
    {
        Close();
        _address = address;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(settings.ConnectTimeout);
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(address.Host, address.Port, limit.Token);
            _stream = settings.Security.UsesTls ? await SecureAsync(client.GetStream(), address, limit.Token) : client.GetStream();
        }
        catch
        {
            client.Dispose();
            throw;
        }

        ApiVersions.Check(await ExchangeAsync(ApiVersions.Request, limit.Token), address);
        if (settings.Security.Mechanism is null)
            return;
        _loginLasts = await new WireLogin(settings.Security, request => ExchangeAsync(request, limit.Token)).RunAsync();
        _loggedIn = Stopwatch.GetTimestamp();
    }

    private async Task<Stream> SecureAsync(NetworkStream plain, BrokerAddress address, CancellationToken stopping)
    {
        var secured = new SslStream(plain);
        try
        {
            await secured.AuthenticateAsClientAsync(settings.Security.TlsOptions(address.Host), stopping);
            return secured;
        }
        catch (AuthenticationException e)
        {
            await secured.DisposeAsync();
            string reason = $"{address} and this machine do not agree on TLS: {e.Message} Check ssl.ca.location, and that the broker's certificate is for this name";
            throw new KafkaException(new Error(ErrorCode.Local_Ssl, reason), e);
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    // A little earlier than the broker counts: a connection that it closes would cost a request.
    private bool IsLoginOver() => _loginLasts is { } lasts && Stopwatch.GetElapsedTime(_loggedIn) > lasts * 0.85;

    private async Task<WireReader> ExchangeAsync(WireRequest request, CancellationToken stopping)
    {
        Write(request);
        await _stream!.WriteAsync(_request.WrittenMemory, stopping);
        int length = await ReadLengthAsync(stopping);
        if (length > _answerBytes.Length)
            _answerBytes = new byte[length];
        else if (_answerBytes.Length > KeptBytes && length < KeptBytes)
            _answerBytes = new byte[KeptBytes];
        await _stream.ReadExactlyAsync(_answerBytes.AsMemory(0, length), stopping);
        _answer.Reset(_answerBytes, 0, length);
        if (_answer.ReadInt32() != _correlation)
            throw new MalformedFrameException("the answer is to another request");
        _answer.Flexible = request.IsFlexible;
        _answer.SkipTags();
        return _answer;
    }

    private async Task<int> ReadLengthAsync(CancellationToken stopping)
    {
        await _stream!.ReadExactlyAsync(_answerBytes.AsMemory(0, sizeof(int)), stopping);
        int length = BinaryPrimitives.ReadInt32BigEndian(_answerBytes);
        return length is >= sizeof(int) and <= LargestAnswer
            ? length
            : throw new MalformedFrameException($"an answer of {length} bytes was announced; at most {LargestAnswer} are taken. Does the broker expect TLS?");
    }

    private void Write(WireRequest request)
    {
        _request.Reset();
        int size = _request.ReserveInt32();
        _request.WriteInt16((short)request.Key);
        _request.WriteInt16(request.Version);
        _request.WriteInt32(++_correlation);
        // Two bytes of length in both encodings.
        _request.WriteString(settings.ClientId);
        _request.Flexible = request.IsFlexible;
        _request.WriteNoTags();
        request.Body(_request);
        _request.PatchInt32(size, _request.Length - sizeof(int));
    }
}

/// <summary>A broker is not to be reached, does not answer in time, or closed the connection.</summary>
/// <param name="message">Which broker, and why.</param>
/// <param name="wasIdle">Whether the connection had been open: brokers close those that were idle for long, and such a one is to be opened anew at once.</param>
/// <param name="innerException">The cause.</param>
internal sealed class BrokerAwayException(string message, bool wasIdle, Exception innerException) : IOException(message, innerException)
{
    public bool WasIdle => wasIdle;
}
