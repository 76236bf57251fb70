using System.Buffers;

namespace UsageStreams.Host.Import;

/// <summary>The request line of an access log, taken apart.</summary>
internal ref struct RequestLine
{
    private static readonly SearchValues<byte> MethodCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"u8);

    /// <summary>The method; empty when the client sent no HTTP request line.</summary>
    public ReadOnlySpan<byte> Method;

    /// <summary>The target's path without its query; empty when there is none.</summary>
    public ReadOnlySpan<byte> Path;

    /// <summary>The first segment of the path; <c>/</c> where the path is that alone.</summary>
    public ReadOnlySpan<byte> Feature;

    /// <summary>Takes a request line apart as far as it is one; what it has not stays empty.</summary>
    public static RequestLine Parse(ReadOnlySpan<byte> request)
    {
        var parsed = default(RequestLine);
        var space = request.IndexOf((byte)' ');
        if (space <= 0 || request[..space].ContainsAnyExcept(MethodCharacters))
            return parsed;
        parsed.Method = request[..space];
        var target = request[(space + 1)..];
        var protocol = target.LastIndexOf(" HTTP/"u8);
        if (protocol >= 0)
            target = target[..protocol];
        parsed.Path = PathOf(target);
        parsed.Feature = FirstSegment(parsed.Path);
        return parsed;
    }

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target)
    {
        // A proxy's absolute form: http://host/path.
        var authority = target.IndexOf("://"u8);
        if (authority > 0 && target[0] != '/')
        {
            var slash = target[(authority + 3)..].IndexOf((byte)'/');
            target = slash < 0 ? "/"u8 : target[(authority + 3 + slash)..];
        }

        var end = target.IndexOfAny((byte)'?', (byte)'#');
        return end < 0 ? target : target[..end];
    }

    private static ReadOnlySpan<byte> FirstSegment(ReadOnlySpan<byte> path)
    {
        var rest = path.TrimStart((byte)'/');
        if (rest.IsEmpty)
            return path.IsEmpty ? path : "/"u8;
        var end = rest.IndexOf((byte)'/');
        return end < 0 ? rest : rest[..end];
    }
}
