using System.CommandLine;
using UsageStreams.Host.Machine;
using UsageStreams.Host.Work;

namespace UsageStreams.Host.Commands;

/// <summary><c>broker</c>: the embedded broker and registry alone.</summary>
internal static class BrokerCommand
{
    public static Command Describe()
    {
        var data = DataOption.Create("broker");
        var port = DataOption.Port("--port", "Port of the broker on 127.0.0.1", 9092);
        var registryPort = DataOption.Port("--registry-port", "Port of the registry on 127.0.0.1", 8081);
        var child = new Option<bool>("--child") { Description = "End when standard input ends: with the process that started this one", Hidden = true };
        var command = new Command("broker", """
            Run the embedded broker and registry alone, for one machine; Ctrl-C ends them. Not for production.
            Example: usagestreams broker --port 9092 --registry-port 8081
            """) { data, port, registryPort, child };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(child))
                _ = ParentWatch.CancelWithParentAsync(stopping);
            using var logs = HostLog.Create();
            using var folder = DataFolder.Take(parsed.GetValue(data)!);
            await using var broker = await LocalStack.StartBrokerAsync(folder.Broker, parsed.GetValue(port), logs, stopping.Token);
            await using var registry = await LocalStack.StartRegistryAsync(broker.BootstrapServers, parsed.GetValue(registryPort), logs, stopping.Token);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"bootstrap  {broker.BootstrapServers}\nregistry   {registry.Url}");
            await broker.Failed.WaitAsync(stopping.Token);
            return ExitCodes.Done;
        });
        return command;
    }
}
