using System.CommandLine;
using UsageStreams.Host.Generate;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Reference;

namespace UsageStreams.Host.Commands;

/// <summary><c>generate</c>: publishes a load made by seed.</summary>
internal static class GenerateCommand
{
    public static Command Describe()
    {
        var options = new GenerateArguments();
        var rate = new Option<double>("--rate") { Description = "Records per second; as fast as it goes by default" };
        var dry = new Option<bool>("--dry-run") { Description = "Publish nothing, only tell the totals" };
        var json = new Option<bool>("--json") { Description = "Tell the totals as one JSON object" };
        var complete = new Option<bool>("--complete") { Description = "Say at the end that nothing more will come before the month after the load, and a day" };
        var common = new CommonOptions();
        var command = new Command("generate", """
            Publish a realistic load, the same for the same seed, with its reference data; then tell the exact totals it made.
            Example: usagestreams generate --seed 7 --records 200000 --duplicates 0.02 --late 0.01 --bootstrap kafka:9092 --registry http://registry:8081
            """) { rate, dry, json, complete };
        options.AddTo(command);
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var load = options.Read(parsed);
            var generator = new LoadGenerator(load);
            if (parsed.GetValue(dry))
            {
                foreach (var _ in generator.Records())
                    cancellation.ThrowIfCancellationRequested();
            }
            else
            {
                await PublishAsync(common.Access(parsed)!, load, generator, parsed.GetValue(rate), parsed.GetValue(complete), cancellation);
            }

            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync((parsed.GetValue(json) ? TotalsWriter.Json(generator.Totals) : TotalsWriter.Text(generator.Totals)).TrimEnd());
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task PublishAsync(
        KafkaAccess access, GenerateOptions load, LoadGenerator generator, double rate, bool complete, CancellationToken cancellation)
    {
        using var session = await KafkaSession.OpenAsync(access, cancellation);
        await session.CreateTopicsAsync(cancellation);
        new ReferencePublisher(access, session.Values).Publish(GeneratedAccounts.Of(generator.Tenants), load.Source, cancellation);
        var end = load.From + load.Span;
        var until = new DateTimeOffset(end.Year, end.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1).AddDays(1);
        await Progress.ShowAsync("publishing " + load.Source, load.Records, async report =>
        {
            await new LoadPublisher(access, session.Values, load, TimeProvider.System).PublishAsync(generator, rate, complete ? until : null, report, cancellation);
            return load.Records;
        });
    }
}
