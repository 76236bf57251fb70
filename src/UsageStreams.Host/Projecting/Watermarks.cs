using System.Globalization;
using System.Text;
using Confluent.Kafka;
using UsageStreams.Host.Kafka;

namespace UsageStreams.Host.Projecting;

/// <summary>
/// What the upstream tasks of a topic have announced in each of its partitions: nothing before that time will come from them any more.
/// </summary>
internal sealed class Watermarks(string topic, int partitions)
{
    private const string UpstreamHeader = "us-upstream";
    private const string Idle = "idle";

    private readonly Dictionary<(int Partition, string Upstream), long> _seen = [];
    private int _upstreams;

    /// <summary>Takes a record's headers in, if it is a watermark record.</summary>
    /// <returns>Whether it is one.</returns>
    public bool Apply(int partition, Headers headers)
    {
        if (!headers.TryGetLastBytes(UsagePublisher.WatermarkHeader, out var mark) || !headers.TryGetLastBytes(UpstreamHeader, out var upstream))
            return false;
        var name = Encoding.UTF8.GetString(upstream);
        _upstreams = int.Parse(name[(name.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture);
        var text = Encoding.UTF8.GetString(mark);
        // An idle task has announced all that it had.
        if (text != Idle)
            _seen[(partition, name)] = long.Parse(text, CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>Says which announcement is missing until the topic is complete up to a time; null when it is.</summary>
    public string? Missing(DateTimeOffset until)
    {
        var target = until.ToUnixTimeMilliseconds();
        for (var partition = 0; partition < partitions; partition++)
        {
            var complete = 0;
            var least = long.MaxValue;
            foreach (var ((at, _), mark) in _seen)
            {
                if (at != partition)
                    continue;
                complete += mark >= target ? 1 : 0;
                least = Math.Min(least, mark);
            }

            if (_upstreams > 0 && complete >= _upstreams)
                continue;
            var stands = least == long.MaxValue ? "nothing was announced yet" : $"the least was {DateTimeOffset.FromUnixTimeMilliseconds(least):u}";
            return string.Create(CultureInfo.InvariantCulture,
                $"{topic} partition {partition}: {complete} of {(_upstreams == 0 ? partitions : _upstreams)} tasks have come to {until:u} ({stands})");
        }

        return null;
    }
}
