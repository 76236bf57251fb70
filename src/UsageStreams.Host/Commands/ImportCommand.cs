using System.CommandLine;
using UsageStreams.Host.Import;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Reference;

namespace UsageStreams.Host.Commands;

/// <summary><c>import</c>: publishes files as usage.</summary>
internal static class ImportCommand
{
    public static Command Describe() => new("import", """
        Publish a file as usage events, each line exactly once however often it is started.
        Example: usagestreams import access-log access.log --as web --bootstrap kafka:9092 --registry http://registry:8081
        """)
    {
        Format(new AccessLogFormat(), "A web server's access log in the combined format: tenant = client address, user = agent", withReference: true),
        Format(new CloudEventsFormat(), "CloudEvents 1.0, JSON, one on each line: tenant = extension 'tenant', else 'subject'; quantity = data.quantity", withReference: false),
    };

    private static Command Format(ILineFormat format, string description, bool withReference)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file" };
        var source = new Option<string?>("--as") { Description = "Name of the source; the file's name without its ending by default" };
        var complete = new Option<bool>("--complete") { Description = "Say at the end that nothing more will come before the end of the file's last month" };
        var rate = new Option<double>("--rate") { Description = "Events per second; as fast as it goes by default" };
        var reference = new Option<bool>("--reference") { Description = "Also publish tenants, accounts, contracts and metrics made for the file's client addresses" };
        var common = new CommonOptions();
        var command = new Command(format.Name, description) { file, source, complete, rate };
        if (withReference)
            command.Options.Add(reference);
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = Files.MustExist(parsed.GetValue(file)!);
            var name = parsed.GetValue(source) ?? Path.GetFileNameWithoutExtension(path);
            var access = common.Access(parsed)!;
            using var session = await KafkaSession.OpenAsync(access, cancellation);
            await session.CreateTopicsAsync(cancellation);
            var survey = parsed.GetValue(complete) || (withReference && parsed.GetValue(reference)) ? FileSurvey.Of(path, format, name, cancellation) : null;
            if (withReference && parsed.GetValue(reference))
                new ReferencePublisher(access, session.Values).Publish(AccessLogAccounts.Of(survey!.Tenants), name, cancellation);
            var options = new ImportOptions
            {
                File = path, Format = format, Source = name, EventsPerSecond = parsed.GetValue(rate),
                CompleteUntil = parsed.GetValue(complete) ? survey!.CompleteUntil : null,
            };
            var size = new FileInfo(path).Length;
            var result = await Progress.ShowAsync("publishing " + name, size, report =>
                new Importer(access, session.Values, options, TimeProvider.System).RunAsync(state => report(state.Bytes), cancellation));
            await parsed.InvocationConfiguration.Output.WriteLineAsync(FormattableString.Invariant(
                $"{name}: {result.Published} events published, {result.Rejected} lines rejected, {result.LinesBefore} lines were there before."));
            return ExitCodes.Done;
        });
        return command;
    }
}
