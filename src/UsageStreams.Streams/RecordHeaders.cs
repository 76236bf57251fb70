using System.Collections;
using System.Text;

namespace UsageStreams.Streams;

/// <summary>One header of a record.</summary>
/// <param name="Key">Name; compared ordinally.</param>
/// <param name="Value">Bytes; null when the header has no value.</param>
public readonly record struct RecordHeader(string Key, byte[]? Value);

/// <summary>A record's headers, in order. Immutable, so that records can share them.</summary>
public sealed class RecordHeaders : IReadOnlyList<RecordHeader>
{
    private readonly RecordHeader[] _headers;

    private RecordHeaders(RecordHeader[] headers) => _headers = headers;

    /// <summary>No headers.</summary>
    public static RecordHeaders Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _headers.Length;

    /// <inheritdoc/>
    public RecordHeader this[int index] => _headers[index];

    /// <summary>Takes headers over.</summary>
    public static RecordHeaders Of(params ReadOnlySpan<RecordHeader> headers) =>
        headers.IsEmpty ? Empty : new RecordHeaders(headers.ToArray());

    /// <summary>Takes the array over, without a copy; nobody changes it any more.</summary>
    internal static RecordHeaders Owning(RecordHeader[] headers) => headers.Length == 0 ? Empty : new RecordHeaders(headers);

    /// <summary>These headers without any named <paramref name="key"/>, and then that one.</summary>
    public RecordHeaders With(string key, byte[]? value)
    {
        var headers = new List<RecordHeader>(_headers.Length + 1);
        foreach (RecordHeader header in _headers)
        {
            if (header.Key != key)
                headers.Add(header);
        }

        headers.Add(new RecordHeader(key, value));
        return new RecordHeaders([.. headers]);
    }

    /// <summary>These headers without any named <paramref name="key"/>, and then that one as UTF-8.</summary>
    public RecordHeaders With(string key, string value) => With(key, Encoding.UTF8.GetBytes(value));

    /// <summary>The bytes of the last header named <paramref name="key"/>.</summary>
    /// <returns>False when there is none or it has no value.</returns>
    public bool TryGetLast(string key, out ReadOnlySpan<byte> value)
    {
        for (int i = _headers.Length - 1; i >= 0; i--)
        {
            if (_headers[i].Key == key)
            {
                value = _headers[i].Value;
                return _headers[i].Value is not null;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The last header named <paramref name="key"/> as text, or null. Bytes that are no UTF-8 become U+FFFD.</summary>
    public string? GetText(string key) =>
        TryGetLast(key, out ReadOnlySpan<byte> value) ? Encoding.UTF8.GetString(value) : null;

    /// <inheritdoc/>
    public IEnumerator<RecordHeader> GetEnumerator() => ((IEnumerable<RecordHeader>)_headers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _headers.GetEnumerator();
}
