using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// ApiVersions 0 to 4. A version above is answered in the layout of version 0 with error 35 (see <see cref="WriteUnsupported"/>), from
/// which clients learn to ask again. No features are finalised, so Java producers stay on the first transaction protocol.
/// </summary>
internal sealed class ApiVersions(Func<IEnumerable<ApiVersionRange>> served) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.ApiVersions, 0, 4, 3);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var writer = request.Writer;
        bool named = request.Version < 3 || (IsSoftwareName(request.Reader.ReadString()) && IsSoftwareName(request.Reader.ReadString()));
        writer.WriteError(named ? ErrorCode.None : ErrorCode.InvalidRequest);
        WriteKeys(writer, named ? [.. served()] : []);
        if (request.Version >= 1)
            request.WriteNoThrottle();
        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    public void WriteUnsupported(WireWriter writer)
    {
        writer.WriteError(ErrorCode.UnsupportedVersion);
        WriteKeys(writer, [Versions]);
    }

    private static void WriteKeys(WireWriter writer, ApiVersionRange[] ranges)
    {
        writer.WriteArrayLength(ranges.Length);
        foreach (var range in ranges)
        {
            writer.WriteInt16((short)range.Key);
            writer.WriteInt16(range.Min);
            writer.WriteInt16(range.Max);
            writer.WriteNoTags();
        }
    }

    private static bool IsSoftwareName(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-');
}
