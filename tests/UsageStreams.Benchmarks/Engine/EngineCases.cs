using UsageStreams.Benchmarks.Engine.Memory;
using UsageStreams.Benchmarks.Engine.Peer;
using UsageStreams.Benchmarks.Engine.Standby;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>Runs the cases of one section, and gives what they showed.</summary>
internal delegate Task<IReadOnlyList<CaseResult>> CaseRunner(EngineSetting setting, IReadOnlyList<string> names);

/// <summary>A case by its name. Those with one runner are taken by turns, over one topic.</summary>
internal sealed record EngineCase(string Name, string Meaning, CaseRunner RunAsync);

/// <summary>What can be measured of the engine.</summary>
internal static class EngineCases
{
    public static IReadOnlyList<EngineCase> All { get; } =
    [
        new("consume", "reads by batches and does nothing else", RateCases.RunAsync),
        new("drain", "the same, of what the client has fetched already", RateCases.RunAsync),
        new("consume-c", "the same loop written in C, with the same client and settings (needs cc)", RateCases.RunAsync),
        new("stateless", "filters and maps to a topic", RateCases.RunAsync),
        new("count", "sums per tenant and minute", RateCases.RunAsync),
        new("meter", "deduplicates, joins a global table, repartitions by account with a combiner, sums per minute", RateCases.RunAsync),
        new("strings", "count, with text as key and in the value", RateCases.RunAsync),
        new("produce", "the engine's own producer, and the native one, beside Confluent.Kafka's", ProduceCase.RunAsync),
        new("slow", "an engine that is held to 500,000 records/s, beside a client with its default settings", SlowCase.RunAsync),
        new("latency", "100 records/s beside a plain copy loop, and the pauses of commits under load", LatencyCase.RunAsync),
        new("restore", "a store of 5 million keys (--keys) from its changelog, and from local state", RestoreCase.RunAsync),
        new("standby", "an instance killed under load, taken over by one that followed a partition of 5 million keys (--keys), and by one that did not", StandbyCase.RunAsync),
        new("memory", "resident memory while the broker takes nothing for some minutes (--minutes)", StuckSinkCase.RunAsync),
        new("rebalances", "resident memory over 1,000 rebalances", RebalancesCase.RunAsync),
        new("soak", "resident memory over hours of windows and commits in some minutes (--minutes)", SoakCase.RunAsync),
        new("idle", "processor time of an application that has nothing to do", IdleCase.RunAsync),
        new("metrics", "processor time per record with everything measured ten times a second, and without", MetricsCase.RunAsync),
        new("growth", "meter with 10 thousand, 1 million and 10 million tenants (--keys for one of one's own)", GrowthCase.RunAsync),
        new("driver", "the engine's tasks alone, without a broker, by number of keys; and TopologyTestDriver", DriverCase.RunAsync),
        new("peer-stateless", "beside Java Kafka Streams over the same topic: maps values to a topic", PeerCases.RunAsync),
        new("peer-sum", "the same: sums per key and minute", PeerCases.RunAsync),
        new("peer-meter", "the same: deduplicates, joins, repartitions, sums per minute", PeerCases.RunAsync),
    ];

    public static IReadOnlyList<string> Usual { get; } = ["consume", "stateless", "count", "meter"];

    /// <summary>The cases asked for, in their own order.</summary>
    public static IReadOnlyList<EngineCase> Choose(BenchmarkOptions options)
    {
        var peers = All.Where(static one => one.RunAsync == PeerCases.RunAsync).Select(static one => one.Name);
        IReadOnlyList<string> names = (options.Only, options.Peer) switch
        {
            ({ Count: > 0 } only, _) => only,
            (_, not null) => [.. Usual, .. peers],
            _ => Usual,
        };
        if (names.Except(All.Select(static one => one.Name), StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"There is no case '{unknown}'; there are {string.Join(", ", All.Select(static one => one.Name))}.");
        return [.. All.Where(one => names.Contains(one.Name, StringComparer.Ordinal))];
    }
}
