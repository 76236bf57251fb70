using System.CommandLine;
using UsageStreams.Host.Machine;
using UsageStreams.Sandbox;

namespace UsageStreams.Host.Commands;

/// <summary><c>sandbox</c>: the stand-ins for the ERP and the CRM alone.</summary>
internal static class SandboxCommand
{
    public static Command Describe()
    {
        var data = DataOption.Create("sandbox");
        var port = DataOption.Port("--port", "Port on 127.0.0.1", 8090);
        var command = new Command("sandbox", """
            Run the stand-ins for NetSuite and Salesforce alone, to point workers at; Ctrl-C ends them.
            Example: usagestreams sandbox --port 8090 --data ./sandbox-data
            """) { data, port };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = DataFolder.Take(parsed.GetValue(data)!);
            await using var sandbox = await SandboxServer.StartAsync(
                new SandboxOptions { DataDirectory = folder.Sandbox, Port = parsed.GetValue(port) }, cancellation);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                $"sandbox      {sandbox.Url}\ncredentials  {folder.Sandbox}\nlook at      {new Uri(sandbox.Url, "sandbox/summary")}");
            await Task.Delay(Timeout.Infinite, cancellation);
            return ExitCodes.Done;
        });
        return command;
    }
}
