using System.Runtime.InteropServices;
using System.Text;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>The headers of one record as arguments of a produce call, in memory that is used again for the next.</summary>
internal sealed unsafe class HeaderArguments : IDisposable
{
    private byte* _bytes;
    private int _size;
    private int _arguments;

    /// <summary>Room for the arguments of the last <see cref="Copy"/>.</summary>
    public ProduceArgument* Arguments { get; private set; }

    /// <summary>Copies headers behind <paramref name="from"/> other arguments.</summary>
    public void Copy(RecordHeaders headers, int from)
    {
        Reserve(headers, from + headers.Count);
        byte* next = _bytes;
        for (int i = 0; i < headers.Count; i++)
        {
            (string key, byte[]? value) = headers[i];
            var argument = new ProduceArgument { Type = ProduceArgument.Header, Bytes = next };
            next += Encoding.UTF8.GetBytes(key, new Span<byte>(next, Encoding.UTF8.GetMaxByteCount(key.Length)));
            *next++ = 0;
            if (value is not null)
            {
                // Not null, though it be empty: a null pointer is a header without a value.
                argument.HeaderValue = next;
                argument.HeaderLength = value.Length;
                value.CopyTo(new Span<byte>(next, value.Length));
                next += value.Length;
            }

            Arguments[from + i] = argument;
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        NativeMemory.Free(Arguments);
        _bytes = null;
        Arguments = null;
        (_size, _arguments) = (0, 0);
    }

    private void Reserve(RecordHeaders headers, int arguments)
    {
        int size = 1;
        for (int i = 0; i < headers.Count; i++)
            size += Encoding.UTF8.GetMaxByteCount(headers[i].Key.Length) + 1 + (headers[i].Value?.Length ?? 0);
        if (size > _size)
        {
            _bytes = (byte*)NativeMemory.Realloc(_bytes, (nuint)size);
            _size = size;
        }

        if (arguments > _arguments)
        {
            Arguments = (ProduceArgument*)NativeMemory.Realloc(Arguments, (nuint)arguments * (nuint)sizeof(ProduceArgument));
            _arguments = arguments;
        }
    }
}
