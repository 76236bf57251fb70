using System.CommandLine;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Reference;
using UsageStreams.Host.Reference.Export;
using UsageStreams.Host.Reference.Import;

namespace UsageStreams.Host.Commands;

/// <summary><c>ref</c>: reference data in and out of the topics.</summary>
internal static class RefCommand
{
    public static Command Describe() => new("ref", """
        Import, export and show reference data: tenants, accounts, contracts, products.
        Example: usagestreams ref import accounts.csv contracts.csv tenants.csv --reason "new customers of May" --bootstrap kafka:9092 --registry http://registry:8081
        """)
    {
        DescribeImport(),
        DescribeExport(),
        DescribeShow(),
    };

    private static Command DescribeImport()
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "CSV files (.csv) or JSON lines (.jsonl); the name's beginning tells the kind", Arity = ArgumentArity.OneOrMore };
        var kind = new Option<string?>("--kind") { Description = "What all files hold, when their names don't tell: tenants, accounts, contracts, products" };
        kind.AcceptOnlyFromAmong([.. ReferenceKind.All.Select(static kind => kind.Name)]);
        var actor = new Option<string>("--actor") { Description = "Who changes it, kept with each version", DefaultValueFactory = static _ => Environment.UserName };
        var reason = new Option<string>("--reason") { Description = "Why, kept with each version", DefaultValueFactory = static _ => "" };
        var replace = new Option<bool>("--replace") { Description = "The files are all there is of their kinds: take out what is in none of them" };
        var check = new Option<bool>("--check") { Description = "Check and tell what would change, and publish nothing" };
        var common = new CommonOptions();
        var command = new Command("import", """
            Check files of reference data together with what is published, and publish what is new or changed; nothing when there is any fault.
            Example: usagestreams ref import tenants.csv --check
            """) { files, kind, actor, reason, replace, check };
        common.AddTo(command);
        command.SetAction((parsed, cancellation) => ImportAsync(
            new ReferenceImportOptions(
                [.. parsed.GetValue(files)!.Select(file => RowFile.Of(file, parsed.GetValue(kind) is { } name ? ReferenceKind.Named(name) : null))],
                parsed.GetValue(actor)!, parsed.GetValue(reason)!)
            {
                Replace = parsed.GetValue(replace), CheckOnly = parsed.GetValue(check),
            },
            common.Access(parsed)!, parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> ImportAsync(ReferenceImportOptions options, KafkaAccess access, InvocationConfiguration console, CancellationToken cancellation)
    {
        using var session = await KafkaSession.OpenAsync(access, cancellation);
        if (!options.CheckOnly)
            await session.CreateTopicsAsync(cancellation);
        using var import = new ReferenceImport(new ReferenceTopics(access, session.Values), options);
        await Task.Run(() => import.Check(cancellation), cancellation);
        if (import.Faults.Count > 0)
        {
            foreach (var fault in import.Faults.Kept)
                await console.Error.WriteLineAsync(fault);
            throw new HostException(ExitCodes.Failed, FormattableString.Invariant(
                $"{import.Faults.Count} faults, of which {import.Faults.Kept.Count} are told above. Nothing was published. Correct the files and import them again."));
        }

        foreach (var kind in await Task.Run(() => import.Publish(cancellation), cancellation))
        {
            await console.Output.WriteLineAsync(FormattableString.Invariant(
                $"{kind.Kind.Name}: {kind.Added} new, {kind.Changed} changed, {kind.Unchanged} unchanged, {kind.Removed} taken out"));
        }

        if (options.CheckOnly)
            await console.Output.WriteLineAsync("checked only; nothing was published");
        return ExitCodes.Done;
    }

    private static Command DescribeExport()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where to write tenants.csv, accounts.csv, contracts.csv and products.csv" };
        var common = new CommonOptions();
        var command = new Command("export", """
            Write the reference data that is published, in the format that import takes.
            Example: usagestreams ref export reference
            """) { folder };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var access = common.Access(parsed)!;
            using var session = await KafkaSession.OpenAsync(access, cancellation);
            var export = new ReferenceExport(new ReferenceTopics(access, session.Values), parsed.GetValue(folder)!);
            foreach (var (file, records) in await Task.Run(() => export.Run(cancellation), cancellation))
                await parsed.InvocationConfiguration.Output.WriteLineAsync(FormattableString.Invariant($"{file}: {records}"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command DescribeShow()
    {
        var tenant = new Argument<string>("TENANT") { Description = "The tenant's id" };
        var common = new CommonOptions();
        var command = new Command("show", """
            Show which account and contract a tenant's usage belongs to, and when.
            Example: usagestreams ref show t-4711
            """) { tenant };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var access = common.Access(parsed)!;
            using var session = await KafkaSession.OpenAsync(access, cancellation);
            var page = await Task.Run(() => new TimelinePage(new ReferenceTopics(access, session.Values), parsed.GetValue(tenant)!, cancellation), cancellation);
            if (!page.IsKnown)
                throw new HostException(ExitCodes.Failed, $"There is no tenant {parsed.GetValue(tenant)} in {access.Topics.Tenants}. Import it: usagestreams ref import --help.");
            page.Write(parsed.InvocationConfiguration.Output);
            return ExitCodes.Done;
        });
        return command;
    }
}
