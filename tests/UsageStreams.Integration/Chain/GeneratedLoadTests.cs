using System.Text.Json.Nodes;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Projecting;
using UsageStreams.Integration.Engine;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Integration.Chain;

/// <summary>A generated load with everything that goes wrong, through a worker, against the totals that its maker told.</summary>
public sealed class GeneratedLoadTests(ChainKafka kafka) : IClassFixture<ChainKafka>
{
    [Fact]
    public async Task The_ledger_comes_to_the_totals_that_the_generator_told()
    {
        var options = kafka.Options(out var prefix);
        var (exitCode, output, errors) = await UsageStreamsCommand.RunAsync(
            ["generate", "--json", "--complete", "--records", "20000", "--seed", "5", "--duplicates", "0.05", "--late", "0.02", "--unknown-tenants", "0.01",
             "--undecodable", "0.005", "--invalid", "0.005", "--span", "2.00:00:00", "--from", "2026-03-01T00:00:00Z", .. options]);
        exitCode.ShouldBe(0, errors);
        var told = JsonNode.Parse(output)!;

        using var worker = UsageStreamsCommand.Start(["worker", "metering", "billing", "signals", "--child", .. options]);
        worker.OutputDataReceived += static (_, _) => { };
        worker.ErrorDataReceived += static (_, _) => { };
        worker.BeginOutputReadLine();
        worker.BeginErrorReadLine();
        var access = new KafkaAccess(new KafkaConnection(kafka.Bootstrap), new Uri(kafka.Registry), new UsageTopics(prefix));
        using var session = await KafkaSession.OpenAsync(access, TestContext.Current.CancellationToken);
        await using var projector = new Projector(access, new Projection(access.Topics, session.Values, TopicCatalogue.DefaultPartitions), TimeProvider.System);
        await Eventually.TrueAsync(
            () => projector.Look(static now => now.TransactionMarks.Missing(new DateTimeOffset(2026, 4, 2, 0, 0, 0, TimeSpan.Zero)) is null && now.Outcomes.Read == now.EventsRead),
            "the end of the load in billing.transactions");
        await projector.CatchUpAsync(TestContext.Current.CancellationToken);
        worker.StandardInput.Close();
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);

        projector.Look(now => Compare(now, told));
    }

    private static bool Compare(Projection now, JsonNode told)
    {
        now.Outcomes.ShouldSatisfyAllConditions(
            outcomes => outcomes.Read.ShouldBe(Told("records")),
            outcomes => outcomes.Counted.ShouldBe(Told("events")),
            outcomes => outcomes.Duplicate.ShouldBe(Told("duplicate")),
            outcomes => outcomes.Rejected.ShouldBe(Told("undecodable") + Told("invalid")),
            outcomes => outcomes.Parked.ShouldBe(Told("unknown-tenant")));
        now.Parked.ShouldBe(Told("unknown-tenant"));
        now.Rejected.ShouldBe(Told("undecodable") + Told("invalid"));
        foreach (var metric in (string[])["api.calls", "bytes.out", "active.users"]) now.Metrics[metric].ShouldBe(Told(metric), metric);
        return true;

        long Told(string name) => told[name]!.GetValue<long>();
    }
}
