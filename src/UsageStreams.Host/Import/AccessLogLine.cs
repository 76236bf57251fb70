using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Host.Import;

/// <summary>
/// One line of an access log in the combined format (<c>host ident user [time] "request" status bytes "referer" "agent"</c>),
/// as views of the line's bytes. What follows the agent is not looked at.
/// </summary>
internal ref struct AccessLogLine
{
    /// <summary>The client's address or name.</summary>
    public ReadOnlySpan<byte> Host;

    /// <summary>The request line as logged: method, target, protocol; anything else when the client sent no HTTP.</summary>
    public ReadOnlySpan<byte> Request;

    /// <summary>The user agent as logged, escapes kept; empty when the client sent an empty one.</summary>
    public ReadOnlySpan<byte> Agent;

    /// <summary>When the request was received, UTC.</summary>
    public DateTimeOffset Time;

    /// <summary>The answer's status.</summary>
    public int Status;

    /// <summary>The answer's bytes; null where the log has <c>-</c>.</summary>
    public long? Bytes;

    /// <summary>
    /// Reads a line. False with the reason when it isn't one of the combined format; a line cut off inside its agent is.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out AccessLogLine parsed, [NotNullWhen(false)] out string? reason)
    {
        parsed = default;
        reason = Parse(line, ref parsed);
        return reason is null;
    }

    private static string? Parse(ReadOnlySpan<byte> line, ref AccessLogLine parsed)
    {
        var space = line.IndexOf((byte)' ');
        if (space <= 0)
            return "no client address at the beginning of the line";
        parsed.Host = line[..space];

        var rest = line[space..];
        var open = rest.IndexOf((byte)'[');
        var close = open < 0 ? -1 : rest[open..].IndexOf((byte)']');
        if (close < 0)
            return "no time in brackets";
        if (!AccessLogTime.TryParse(rest.Slice(open + 1, close - 1), out parsed.Time))
            return "the time in brackets is not like 17/May/2015:10:05:03 +0000";
        rest = rest[(open + close + 1)..];

        if (!TryQuoted(ref rest, out parsed.Request, out var closed) || !closed)
            return "no request in quotes after the time";
        if (!TryToken(ref rest, out var status) || !TryNumber(status, out var code) || code is < 100 or > 999)
            return "no status of three digits after the request";
        parsed.Status = (int)code;
        if (!TryToken(ref rest, out var bytes))
            return "no size after the status";
        if (!bytes.SequenceEqual("-"u8))
        {
            if (!TryNumber(bytes, out var size))
                return "the size is neither a whole number nor -";
            parsed.Bytes = size;
        }

        if (!TryQuoted(ref rest, out _, out closed) || !closed)
            return "no referer in quotes after the size";
        return TryQuoted(ref rest, out parsed.Agent, out _) ? null : "no user agent in quotes after the referer";
    }

    private static bool TryNumber(ReadOnlySpan<byte> token, out long value) =>
        Utf8Parser.TryParse(token, out value, out var consumed) && consumed == token.Length && char.IsAsciiDigit((char)token[0]);

    private static bool TryToken(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> token)
    {
        rest = rest.TrimStart((byte)' ');
        var end = rest.IndexOf((byte)' ');
        token = end < 0 ? rest : rest[..end];
        rest = rest[token.Length..];
        return token.Length > 0;
    }

    // A backslash keeps the character after it from ending the field.
    private static bool TryQuoted(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field, out bool closed)
    {
        field = default;
        closed = false;
        rest = rest.TrimStart((byte)' ');
        if (rest.IsEmpty || rest[0] != (byte)'"')
            return false;
        rest = rest[1..];
        var end = 0;
        while (end < rest.Length && rest[end] != (byte)'"')
            end += rest[end] == (byte)'\\' ? 2 : 1;
        closed = end < rest.Length;
        end = Math.Min(end, rest.Length);
        field = rest[..end];
        rest = rest[(closed ? end + 1 : end)..];
        return true;
    }
}
