using System.CommandLine;
using UsageStreams.Host.Machine;
using UsageStreams.Host.Once;
using UsageStreams.Host.Up;

namespace UsageStreams.Host.Commands;

/// <summary><c>up</c>: everything on this machine, live or once.</summary>
internal static class UpCommand
{
    public static Command Describe()
    {
        var arguments = new UpArguments();
        var command = new Command("up", """
            Run everything on this machine: broker, registry, sandbox and worker. Live until Ctrl-C; with --once publish a file, settle, and print the
            statement, which is compared with a recount of the file.
            Example: usagestreams up
            Example: usagestreams up --once --input access.log --json
            """);
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = arguments.Read(parsed);
            if (!arguments.IsOnce(parsed))
            {
                await new LiveRun(options, TimeProvider.System).RunAsync(cancellation);
                return ExitCodes.Interrupted;
            }

            var error = parsed.InvocationConfiguration.Error;
            var statement = await new OnceRun(options, said => error.WriteLine(said), TimeProvider.System).RunAsync(cancellation);
            await parsed.InvocationConfiguration.Output.WriteLineAsync((options.Json ? StatementWriter.Json(statement) : StatementWriter.Text(statement)).TrimEnd());
            return statement.Differences.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }
}
