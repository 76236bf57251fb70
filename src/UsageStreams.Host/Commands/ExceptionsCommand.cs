using System.CommandLine;
using UsageStreams.Host.Exceptions;
using UsageStreams.Model;

namespace UsageStreams.Host.Commands;

/// <summary><c>exceptions</c>: what a person should know of or act on.</summary>
internal static class ExceptionsCommand
{
    public static Command Describe() => new("exceptions", """
        List what metering could not count or wants a person to know of, and decide about it. See docs/exceptions.md.
        Example: usagestreams exceptions list --overdue --bootstrap kafka:9092 --registry http://registry:8081
        """)
    {
        DescribeList(),
        DescribeShow(),
        ExceptionDecisionCommands.Assign(),
        ExceptionDecisionCommands.Resolve(),
        ExceptionDecisionCommands.Redrive(),
    };

    private static Command DescribeList()
    {
        var tenant = new Option<string?>("--tenant") { Description = "Of this tenant" };
        var kind = new Option<string?>("--kind") { Description = "Of this kind: " + string.Join(", ", ExceptionKinds.ByCode.Keys) };
        kind.AcceptOnlyFromAmong([.. ExceptionKinds.ByCode.Keys]);
        var reason = new Option<string?>("--reason") { Description = "With this reason, such as unknown-tenant" };
        var state = new Option<ExceptionState?>("--state") { Description = "In this state; without it all that are not resolved" };
        var owner = new Option<string?>("--owner") { Description = "Of this owner" };
        var overdue = new Option<bool>("--overdue") { Description = "Only what should have been resolved by now" };
        var all = new Option<bool>("--all") { Description = "The resolved ones too" };
        var json = Json();
        var reach = new DataReach();
        var command = new Command("list", "List exceptions, the one that is due first before the others; without --all, those that are not resolved")
        {
            tenant, kind, reason, state, owner, overdue, all, json,
        };
        reach.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var filter = new ExceptionFilter
            {
                Tenant = parsed.GetValue(tenant), Kind = parsed.GetValue(kind) is { } code ? ExceptionKinds.ByCode[code] : null, Reason = parsed.GetValue(reason),
                State = parsed.GetValue(state), Owner = parsed.GetValue(owner), Overdue = parsed.GetValue(overdue), All = parsed.GetValue(all),
            };
            await using var reached = await reach.OpenAsync(parsed, cancellation);
            var now = TimeProvider.System.GetUtcNow();
            var views = new ExceptionDesk(reached.Access, reached.Values, TimeProvider.System).Read(cancellation).Where(view => filter.Takes(view, now)).ToList();
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                await output.WriteLineAsync(ExceptionJson.List(views, now));
            else if (views.Count == 0)
                await output.WriteLineAsync("no such exceptions");
            else
                ExceptionWriter.List(views, now, output, ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command DescribeShow()
    {
        var id = new Argument<string>("ID") { Description = "The exception's id, as list tells it" };
        var json = Json();
        var reach = new DataReach();
        var command = new Command("show", "Tell all that is known of an exception, and every decision about it") { id, json };
        reach.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var reached = await reach.OpenAsync(parsed, cancellation);
            var view = new ExceptionDesk(reached.Access, reached.Values, TimeProvider.System).Find(parsed.GetValue(id)!, cancellation);
            var now = TimeProvider.System.GetUtcNow();
            if (parsed.GetValue(json))
                await parsed.InvocationConfiguration.Output.WriteLineAsync(ExceptionJson.One(view, now));
            else
                ExceptionWriter.Show(view, now, parsed.InvocationConfiguration.Output);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "As JSON, nothing else on stdout" };
}
