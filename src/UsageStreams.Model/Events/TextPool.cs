using System.Text;
using System.Text.Unicode;

namespace UsageStreams.Model;

/// <summary>
/// Strings by their UTF-8 bytes, so that what comes again and again is made once. Bounded: each string has four places, and one that finds them taken
/// puts another out. Safe for several threads without locks: places hold immutable strings, and what two threads put at the same time is at worst made twice.
/// </summary>
/// <param name="capacity">Places; a power of two, 4 or more. A place takes 8 bytes beside its string.</param>
public sealed class TextPool(int capacity)
{
    /// <summary>Longer ones are made anew each time, in bytes.</summary>
    public const int LongestKept = 256;

    private const int Ways = 4;

    private readonly string?[] _places = new string?[capacity];

    /// <summary>The string of some bytes, or null when they are no UTF-8.</summary>
    public string? TryGet(ReadOnlySpan<byte> utf8) => TryGet(utf8, ContentHash.Of(utf8));

    /// <summary>The same for who needs the hash as well.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="hash">Their hash, as <see cref="ContentHash.Of"/> gives it.</param>
    public string? TryGet(ReadOnlySpan<byte> utf8, ulong hash)
    {
        if (utf8.IsEmpty) return string.Empty;
        if (utf8.Length > LongestKept) return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;
        var set = _places.AsSpan((int)(hash & (ulong)(_places.Length - 1)) & ~(Ways - 1), Ways);
        foreach (var place in set)
        {
            if (place is not null && Equal(utf8, place)) return place;
        }

        if (!Utf8.IsValid(utf8)) return null;
        var made = Encoding.UTF8.GetString(utf8);
        set[PlaceFor(set, hash)] = made;
        return made;
    }

    private static int PlaceFor(ReadOnlySpan<string?> set, ulong hash)
    {
        var free = set.IndexOf(default(string));
        return free >= 0 ? free : (int)(hash >> 62);
    }

    private static bool Equal(ReadOnlySpan<byte> utf8, string text)
    {
        if (Ascii.Equals(utf8, text)) return true;
        // Fewer chars than bytes: only then can bytes outside of ASCII be this text.
        return text.Length < utf8.Length && EqualBeyondAscii(utf8, text);
    }

    private static bool EqualBeyondAscii(ReadOnlySpan<byte> utf8, string text)
    {
        Span<byte> bytes = stackalloc byte[LongestKept];
        return Encoding.UTF8.TryGetBytes(text, bytes, out var written) && bytes[..written].SequenceEqual(utf8);
    }
}
