using System.CommandLine;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Host.Regions;
using UsageStreams.Host.Work;
using UsageStreams.Topology.Metering;

namespace UsageStreams.Host.Commands;

/// <summary><c>worker</c>: runs topologies and sinks.</summary>
internal static class WorkerCommand
{
    public static Command Describe()
    {
        var parts = new Argument<string[]>("PARTS") { Description = "Any of metering, billing, signals, sinks, and in a region export", Arity = ArgumentArity.OneOrMore };
        parts.AcceptOnlyFromAmong([.. WorkerParts.All, WorkerParts.Export]);
        var instance = new Option<string?>("--instance") { Description = "Name this worker keeps over restarts, so that it takes its partitions back at once" };
        var state = new Option<string?>("--state") { Description = "Folder in which this worker keeps its tasks' state, so that a restart reads only what is new; no other worker may have it. Without it: a temporary one, and a restart reads everything" };
        var sandboxUrl = new Option<Uri?>("--sandbox-url") { Description = "Where the sandbox is; the sinks need it", CustomParser = Limits.Url };
        var sandboxData = new Option<string?>("--sandbox-data") { Description = "Folder with the sandbox's credentials; the sinks need it" };
        var residency = new Option<FileInfo?>("--regions") { Description = "File that says which region is home to whom: metering lets events of others wait; and what stays home beyond what always does, for export" };
        var dedup = DedupOption.Create();
        var child = new Option<bool>("--child") { Description = "End when standard input ends: with the process that started this one", Hidden = true };
        var common = new CommonOptions();
        var command = new Command("worker", """
            Run topologies and sinks, any set of them in one process; Ctrl-C commits what is in hand and ends.
            Example: usagestreams worker metering billing --instance worker-1 --bootstrap kafka:9092 --registry http://registry:8081
            """) { parts, instance, state, sandboxUrl, sandboxData, residency, dedup, child };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var wanted = parsed.GetValue(parts)!;
            var access = common.Access(parsed)!;
            if (WorkerParts.Fault(wanted, access.Topics.Region) is { } fault)
                throw new HostException(ExitCodes.Usage, fault);
            var rules = parsed.GetValue(residency) is { } file ? ResidencyFile.RulesOf(Files.MustExist(file), access.Topics.Region) : null;
            var sandbox = SandboxAccess.Of(parsed.GetValue(sandboxUrl), parsed.GetValue(sandboxData));
            if (sandbox is null && wanted.Contains(WorkerParts.Sinks))
                throw new HostException(ExitCodes.Usage, "The sinks need --sandbox-url and --sandbox-data: the address and the folder that 'usagestreams sandbox' tells.");
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(child))
                _ = ParentWatch.CancelWithParentAsync(stopping);
            using var logs = HostLog.Create();
            using var session = await KafkaSession.OpenAsync(access, stopping.Token);
            using var folder = new StateFolder(parsed.GetValue(state));
            await using var worker = new Worker(access, session, parsed.GetValue(instance), folder.Path, sandbox, logs, new MeteringOptions { Residency = rules, DedupWindow = dedup.Window(parsed) });
            await worker.RunAsync(wanted, stopping.Token);
            return cancellation.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Done;
        });
        return command;
    }
}
