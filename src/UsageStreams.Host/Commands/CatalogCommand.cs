using System.CommandLine;
using UsageStreams.Host.Catalogue;
using UsageStreams.Host.Kafka;

namespace UsageStreams.Host.Commands;

/// <summary><c>catalog</c>: the metric files, checked, compared with what is published, tried and published.</summary>
internal static class CatalogCommand
{
    public static Command Describe() => new("catalog", """
        Check metric files, compare them with the published metrics, try them on past usage, publish them.
        Example: usagestreams catalog check metrics
        """)
    {
        DescribeCheck(),
        DescribeDiff(),
        DryRunCommand.Describe(),
        DescribeApply(),
    };

    /// <summary>The folder of the files, where a command takes one.</summary>
    public static Argument<string> Folder() => new("FOLDER") { Description = "Folder of the metric files, .yaml or .yml", DefaultValueFactory = static _ => "metrics" };

    /// <summary>Reads files that can be published; what is wrong is told on stderr.</summary>
    /// <exception cref="HostException">Something is.</exception>
    public static CatalogueFiles ReadSound(string folder, TimeSpan dedupWindow, TextWriter error)
    {
        var files = CatalogueFiles.Read(folder, dedupWindow);
        foreach (var fault in files.Faults)
            error.WriteLine(fault);
        return files.AreSound ? files : throw new HostException(ExitCodes.Failed, FormattableString.Invariant(
            $"{files.Faults.Count(static fault => !fault.IsNote)} faults in the files of {folder}: nothing was compared or published. Put them right; 'usagestreams catalog check {folder}' asks nobody."));
    }

    private static Command DescribeCheck()
    {
        var folder = Folder();
        var dedup = DedupOption.Create();
        var command = new Command("check", "Name every fault of the files with its line; asks nobody. Ends with 1 when there is one") { folder, dedup };
        command.SetAction(parsed =>
        {
            var files = CatalogueFiles.Read(parsed.GetValue(folder)!, dedup.Window(parsed));
            var output = parsed.InvocationConfiguration.Output;
            foreach (var fault in files.Faults)
                output.WriteLine(fault);
            var faults = files.Faults.Count(static fault => !fault.IsNote);
            output.WriteLine(FormattableString.Invariant($"{files.Entries.Count} metric versions read, {faults} faults, {files.Faults.Count - faults} notes"));
            return files.AreSound ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static Command DescribeDiff()
    {
        var folder = Folder();
        var dedup = DedupOption.Create();
        var common = new CommonOptions();
        var command = new Command("diff", "Tell what publishing the files would do: new, superseded, ended, resumed, unchanged, or refused, which ends with 1") { folder, dedup };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var files = ReadSound(parsed.GetValue(folder)!, dedup.Window(parsed), parsed.InvocationConfiguration.Error);
            var access = common.Access(parsed)!;
            using var session = await KafkaSession.OpenAsync(access, cancellation);
            var diff = CatalogueDiff.Of(files, await Task.Run(() => new PublishedMetrics(access, session.Values).Read(cancellation), cancellation));
            Print(diff, parsed.InvocationConfiguration.Output);
            return diff.IsRefused ? ExitCodes.Failed : ExitCodes.Done;
        });
        return command;
    }

    private static Command DescribeApply()
    {
        var folder = Folder();
        var actor = new Option<string>("--actor") { Description = "Who publishes; the user of this machine by default", DefaultValueFactory = static _ => Environment.UserName };
        var reason = new Option<string>("--reason") { Description = "Why, in words: it is kept with each version", Required = true };
        var dedup = DedupOption.Create();
        var common = new CommonOptions();
        var command = new Command("apply", "Publish what is new, end what it supersedes and what has an end now, in one transaction; nothing when anything is refused") { folder, actor, reason, dedup };
        common.AddTo(command);
        foreach (var option in (Option<string>[])[actor, reason])
        {
            option.Validators.Add(result =>
            {
                if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
                    result.AddError($"{option.Name} is empty: say {(option == actor ? "who publishes" : "why the metrics change")}.");
            });
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            var files = ReadSound(parsed.GetValue(folder)!, dedup.Window(parsed), parsed.InvocationConfiguration.Error);
            var access = common.Access(parsed)!;
            using var session = await KafkaSession.OpenAsync(access, cancellation);
            await session.CreateTopicsAsync(cancellation);
            var diff = await Task.Run(() => new PublishedMetrics(access, session.Values).Apply(files, parsed.GetValue(actor)!, parsed.GetValue(reason)!, cancellation), cancellation);
            var output = parsed.InvocationConfiguration.Output;
            Print(diff, output);
            await output.WriteLineAsync(diff.IsRefused ? "refused: nothing was published"
                : diff.ToPublish.Count == 0 ? "nothing to publish: all versions are there"
                : FormattableString.Invariant($"published {diff.ToPublish.Count} versions"));
            return diff.IsRefused ? ExitCodes.Failed : ExitCodes.Done;
        });
        return command;
    }

    private static void Print(CatalogueDiff diff, TextWriter output)
    {
        foreach (var change in diff.Changes)
            output.WriteLine(change);
    }
}
