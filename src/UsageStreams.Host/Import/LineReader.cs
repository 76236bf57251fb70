using System.Security.Cryptography;

namespace UsageStreams.Host.Import;

/// <summary>
/// Reads a stream line by line without holding more than one line of it, and knows of every moment how many lines and bytes
/// it has read and what their SHA-256 is. Lines end in LF or CRLF; the last one may have no end.
/// </summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>Lines longer than this are given cut, with <see cref="TooLong"/> set.</summary>
    public const int DefaultMaxLineBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly int _maxLineBytes;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Starts at the stream's beginning.</summary>
    public LineReader(Stream stream, int maxLineBytes = DefaultMaxLineBytes)
    {
        _stream = stream;
        _maxLineBytes = maxLineBytes;
    }

    /// <summary>Lines given so far: the number of the last one, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Bytes read so far, the ends of lines included.</summary>
    public long Offset { get; private set; }

    /// <summary>True when the last line was longer than the limit: only its beginning was given.</summary>
    public bool TooLong { get; private set; }

    /// <summary>True when there is nothing left to read.</summary>
    public bool AtEnd => _start == _end && !Fill();

    /// <summary>SHA-256 of the first <see cref="Offset"/> bytes.</summary>
    public byte[] Prefix() => _hash.GetCurrentHash();

    /// <summary>The next line without its end; valid until the next call. False at the end of the stream.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        TooLong = false;
        var searched = 0;
        while (true)
        {
            var newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                line = Take(searched + newline + 1);
                return true;
            }

            searched = _end - _start;
            if (searched > _maxLineBytes)
            {
                line = TakeTooLong();
                return true;
            }

            if (!Fill())
                break;
        }

        line = searched > 0 ? Take(searched) : default;
        return searched > 0;
    }

    /// <summary>
    /// Goes over what was read before: the first <paramref name="bytes"/> bytes, which hold <paramref name="lines"/> lines.
    /// False when the stream is shorter than that, its bytes hash to something else than <paramref name="prefix"/>, or the last of those
    /// lines had no end and has grown since.
    /// </summary>
    public bool TrySkip(long bytes, long lines, ReadOnlySpan<byte> prefix)
    {
        var last = (byte)'\n';
        while (Offset < bytes)
        {
            if (AtEnd)
                return false;
            var length = (int)Math.Min(bytes - Offset, _end - _start);
            last = _buffer[_start + length - 1];
            Consume(length);
        }

        LineNumber = lines;
        return prefix.SequenceEqual(Prefix()) && TryPassLineEnd(last);
    }

    // A last line may have got its end since.
    private bool TryPassLineEnd(byte last)
    {
        if (last == (byte)'\n' || AtEnd)
            return true;
        var rest = _buffer.AsSpan(_start, _end - _start);
        var length = rest.StartsWith("\n"u8) ? 1 : rest.StartsWith("\r\n"u8) ? 2 : 0;
        Consume(length);
        return length > 0;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _hash.Dispose();
        _stream.Dispose();
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var line = _buffer.AsSpan(_start, length);
        Consume(length);
        LineNumber++;
        if (line.EndsWith("\r\n"u8))
            return line[..^2];
        return line.EndsWith("\n"u8) ? line[..^1] : line;
    }

    private byte[] TakeTooLong()
    {
        var beginning = _buffer.AsSpan(_start, _maxLineBytes).ToArray();
        TooLong = true;
        LineNumber++;
        do
        {
            var newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            Consume(newline < 0 ? _end - _start : newline + 1);
            if (newline >= 0)
                break;
        }
        while (Fill());
        return beginning;
    }

    private void Consume(int length)
    {
        _hash.AppendData(_buffer.AsSpan(_start, length));
        _start += length;
        Offset += length;
    }

    private bool Fill()
    {
        if (_ended)
            return false;
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        return !_ended;
    }
}
