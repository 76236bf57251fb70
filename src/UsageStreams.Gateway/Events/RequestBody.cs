using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace UsageStreams.Gateway.Events;

/// <summary>A request's body, whole, in a buffer that is given back.</summary>
internal sealed class RequestBody : IDisposable
{
    private byte[] _buffer;
    private int _length;

    private RequestBody(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads it.</summary>
    /// <exception cref="RequestFault">It is longer than <paramref name="most"/> bytes.</exception>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, int most, CancellationToken cancellation)
    {
        if (request.ContentLength > most)
            throw TooLarge(most);
        // One byte more than what is allowed tells that there is more.
        var body = new RequestBody((int)Math.Min(request.ContentLength + 1 ?? 16 << 10, (long)most + 1));
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(body.Free(), cancellation)) > 0)
            {
                body._length += read;
                if (body._length > most)
                    throw TooLarge(most);
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private Memory<byte> Free()
    {
        if (_length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_length);
    }

    private static RequestFault TooLarge(int most) =>
        new(StatusCodes.Status413PayloadTooLarge, "body-too-large", $"The body is longer than {most} bytes; send the events in several requests.");
}
