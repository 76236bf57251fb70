using System.Runtime.InteropServices;
using System.Text;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>
/// Names of headers as text. A topic's records carry the same few names, so that the first ones met are kept; later ones are made anew.
/// </summary>
internal static unsafe class HeaderNames
{
    private const int Limit = 32;

    [ThreadStatic]
    private static List<(byte[] Utf8, string Text)>? _known;

    public static string Of(byte* name)
    {
        ReadOnlySpan<byte> utf8 = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        _known ??= [];
        foreach ((byte[] known, string text) in _known)
        {
            if (utf8.SequenceEqual(known))
                return text;
        }

        string made = Encoding.UTF8.GetString(utf8);
        if (_known.Count < Limit)
            _known.Add((utf8.ToArray(), made));
        return made;
    }
}
