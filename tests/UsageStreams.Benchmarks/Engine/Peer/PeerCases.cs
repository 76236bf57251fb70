using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>
/// Our engine and Java Kafka Streams by turns over the same topics of a real broker: exactly once, one stream thread, stores in memory; Java with
/// a commit every 100 ms, ours with its default intervals. Java's rate ends when the last record is processed, ours when it is committed. What ours wrote is held against an oracle.
/// </summary>
internal static class PeerCases
{
    private const int DefaultRecords = 3_000_000;
    private const int DefaultMeterRecords = 2_000_000;
    private const int DefaultKeys = 64_000;

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var peer = await PeerProgram.FindAsync(setting.Options);
        var results = new List<CaseResult>();
        foreach (var job in names.Select(static name => name["peer-".Length..]))
            results.AddRange(await CompareAsync(setting, peer, job));
        return results;
    }

    private static async Task<IReadOnlyList<CaseResult>> CompareAsync(EngineSetting setting, PeerProgram peer, string job)
    {
        var records = setting.Options.Records ?? (job == "meter" ? DefaultMeterRecords : DefaultRecords);
        var keys = setting.Options.Keys ?? DefaultKeys;
        var input = $"bench{Environment.ProcessId}-peer-{job}";
        EngineSetting.Say($"{job}: the peer publishes {records:N0} records");
        await peer.FillAsync(job == "meter" ? "gen-meter" : "gen", input, records, keys);
        var rounds = new Rounds();
        for (var number = 1; number <= setting.Options.Runs; number++)
        {
            rounds.Add($"plain-{job}", PlainLoop.Run(setting.Connection, input, PeerTopics.Partitions, records));
            rounds.Add($"java-{job}", await peer.MeasureAsync(job, input, records));
            rounds.Add($"peer-{job}", await OursAsync(setting, job, new PeerTopics(input, $"{input}{number}"), records, keys));
        }

        return rounds.Results($"java-{job}");
    }

    private static async Task<Measured> OursAsync(EngineSetting setting, string job, PeerTopics topics, int records, int keys)
    {
        using (var admin = new AdminClientBuilder(setting.Connection.AdminClientConfig()).Build())
        {
            await admin.CreateTopicsAsync(new[] { topics.Output, topics.Late }.Select(
                static topic => new TopicSpecification { Name = topic, NumPartitions = PeerTopics.Partitions, ReplicationFactor = -1 }));
        }

        var run = new StreamRun(setting.Connection, topics.Name) { Records = records, Partitions = PeerTopics.Partitions };
        var measured = await run.RunAsync(job switch
        {
            "stateless" => PeerTopologies.Stateless(topics),
            "sum" => PeerTopologies.Sum(topics),
            _ => PeerTopologies.Meter(topics),
        });
        var output = new PeerOutput(setting.Connection, topics);
        return measured with
        {
            Figures = job switch
            {
                "stateless" => output.CheckStateless(records),
                "sum" => output.CheckSums(PeerOracle.Sums(records, keys)),
                _ => output.CheckSums(PeerOracle.Metered(records, keys)),
            },
        };
    }
}
