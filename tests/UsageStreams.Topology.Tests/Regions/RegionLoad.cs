using System.Text;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Regions;

/// <summary>A load by seed, whose every text about a person or a single event can be told from all other bytes.</summary>
internal sealed class RegionLoad(int seed, string tenant)
{
    private readonly Random _random = new(seed);

    /// <summary>All that must not leave the region.</summary>
    public HashSet<string> Personal { get; } = new(StringComparer.Ordinal);

    public IEnumerable<(UsageEvent Usage, RecordHeaders Headers)> Events(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var headers = RecordHeaders.Empty
                .With(Trace.CorrelationHeader, Note($"request-{Word()}")).With(Trace.TraceparentHeader, Note($"00-{Word()}{Word()}-{Word()}-01"));
            yield return (Event(), headers);
        }
    }

    /// <summary>Something of a person or of a single event.</summary>
    public string Note(string text)
    {
        Personal.Add(text);
        return text;
    }

    private UsageEvent Event() => References.Event(tenant, Note("event-" + Word()), References.Start.AddSeconds(_random.Next(6 * 3600)), _random.Next(1, 1000) / 8m) with
    {
        User = Note($"user-{_random.Next(40)}-of-{seed}@example.org"),
        Workspace = Note("workspace-" + Word()),
        Product = Note("product-" + Word()),
        CorrelationId = Note("correlation-" + Word()),
        Properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["status"] = Note($"2{_random.Next(10, 99)}.{_random.Next(100_000, 999_999)}"), ["path"] = Note("/patients/" + Word()),
        },
    };

    private string Word()
    {
        var word = new StringBuilder(16);
        while (word.Length < 16) word.Append((char)('a' + _random.Next(26)));
        return word.ToString();
    }
}
