using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>A promise: nothing before <paramref name="Time"/> will come from the upstream.</summary>
/// <param name="Upstream">Sub-topology that speaks; empty for a producer.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Time">Unix ms; null with <paramref name="IsIdle"/>.</param>
/// <param name="IsIdle">The upstream has nothing to say and is not to be waited for.</param>
internal readonly record struct Watermark(string Upstream, int Partition, int Partitions, long? Time, bool IsIdle)
{
    public const string TimeHeader = "us-watermark";
    public const string UpstreamHeader = "us-upstream";
    private const string Idle = "idle";

    public static bool IsWatermark(RecordHeaders headers) => headers.TryGetLast(TimeHeader, out _);

    public RecordHeaders ToHeaders()
    {
        string time = IsIdle ? Idle : Time!.Value.ToString(CultureInfo.InvariantCulture);
        var timeHeader = new RecordHeader(TimeHeader, Encoding.ASCII.GetBytes(time));
        return Upstream.Length == 0
            ? RecordHeaders.Of(timeHeader)
            : RecordHeaders.Of(timeHeader, new RecordHeader(UpstreamHeader, Encoding.UTF8.GetBytes($"{Upstream}/{Partition}/{Partitions}")));
    }

    public static bool TryParse(RecordHeaders headers, out Watermark watermark, out string cause)
    {
        watermark = default;
        headers.TryGetLast(TimeHeader, out ReadOnlySpan<byte> text);
        bool idle = text.SequenceEqual("idle"u8);
        long time = 0;
        if (!idle && !(Utf8Parser.TryParse(text, out time, out int used) && used == text.Length))
        {
            cause = $"Header '{TimeHeader}' is '{headers.GetText(TimeHeader)}'; it must be Unix ms or 'idle'.";
            return false;
        }

        string upstream = "";
        (int partition, int partitions) = (0, 1);
        if (headers.GetText(UpstreamHeader) is { } source && !TryParseUpstream(source, out upstream, out partition, out partitions))
        {
            cause = $"Header '{UpstreamHeader}' is '{source}'; it must be sub-topology/partition/partitions.";
            return false;
        }

        watermark = new Watermark(upstream, partition, partitions, idle ? null : time, idle);
        cause = "";
        return true;
    }

    private static bool TryParseUpstream(string text, out string upstream, out int partition, out int partitions)
    {
        string[] parts = text.Split('/');
        (upstream, partition, partitions) = (parts[0], 0, 0);
        return parts.Length == 3
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out partition)
            && int.TryParse(parts[2], CultureInfo.InvariantCulture, out partitions)
            && partition >= 0 && partition < partitions;
    }
}
