using System.CommandLine;
using UsageStreams.Gateway;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Host.Work;
using UsageStreams.Producer;

namespace UsageStreams.Host.Commands;

/// <summary><c>gateway</c>: takes events over HTTP.</summary>
internal static class GatewayCommand
{
    public static Command Describe()
    {
        var options = new GatewayArguments();
        var child = new Option<bool>("--child") { Description = "End when standard input ends: with the process that started this one", Hidden = true };
        var common = new CommonOptions();
        var command = new Command("gateway", """
            Take usage events over HTTP (CloudEvents, plain JSON) for those who have no Kafka client; Ctrl-C or SIGTERM ends what was begun first.
            Example: usagestreams gateway --tokens tokens.json --listen 0.0.0.0:8443 --certificate tls.pem --certificate-key tls.key --bootstrap kafka:9092 --registry http://registry:8081
            """) { child };
        options.AddTo(command);
        common.AddTo(command);
        command.Subcommands.Add(GatewayTokenCommand.Describe());
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(child))
                _ = ParentWatch.CancelWithParentAsync(stopping);
            var access = common.Access(parsed)!;
            using var certificate = options.Certificate(parsed);
            var settings = options.Options(parsed, certificate);
            settings.Validate();
            using var logs = HostLog.Create();
            await using var producer = await UsageProducer.ConnectAsync(ProducerOptions(access, settings.Limits, options, parsed), stopping.Token);
            await using var gateway = await GatewayServer.StartAsync(settings, producer, logs, stopping.Token);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"gateway  {gateway.Url}");
            await Task.Delay(Timeout.Infinite, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await gateway.StopAsync(CancellationToken.None);
            return cancellation.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Done;
        });
        return command;
    }

    private static UsageProducerOptions ProducerOptions(KafkaAccess access, GatewayLimits limits, GatewayArguments options, ParseResult parsed) => new()
    {
        BootstrapServers = access.Bootstrap,
        Registry = access.Registry,
        Topic = access.Topics.Events,
        ClientId = access.Topics.Prefix + "usagestreams-gateway",
        Settings = access.Connection.Settings,
        DeliveryTimeout = TimeSpan.FromSeconds(parsed.GetValue(options.DeliveryTimeout)),
        MaxQueuedEvents = Math.Max(parsed.GetValue(options.QueuedEvents), limits.MaxEventsPerRequest),
        MaxQueuedBytes = Math.Max(256 << 20, limits.MaxBodyBytes),
        // JSON says the same in more bytes than Avro.
        MaxEventBytes = Math.Max(limits.MaxEventBytes, 1_000_000),
    };
}
