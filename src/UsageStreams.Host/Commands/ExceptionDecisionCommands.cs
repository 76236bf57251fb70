using System.CommandLine;
using UsageStreams.Host.Exceptions;
using UsageStreams.Model;

namespace UsageStreams.Host.Commands;

/// <summary><c>exceptions assign|resolve|redrive</c>: decisions, kept for ever with who, when and why.</summary>
internal static class ExceptionDecisionCommands
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    public static Command Assign()
    {
        var owner = new Option<string>("--to") { Description = "Who is responsible from now on", Required = true };
        return Decision(ExceptionAction.Assign, "Make somebody responsible for an exception", parsed => parsed.GetValue(owner), owner);
    }

    public static Command Resolve() => Decision(ExceptionAction.Resolve, "Say that an exception is settled; it reopens when more comes", static _ => null);

    public static Command Redrive()
    {
        var wait = new Option<bool>("--wait") { Description = $"Wait until metering tells other counts, {WaitLimit.TotalSeconds:0} s at most" };
        return Decision(ExceptionAction.Redrive, "Have metering count again what waits of an exception's tenant", static _ => null, wait);
    }

    private static Command Decision(ExceptionAction action, string description, Func<ParseResult, string?> ownerOf, params ReadOnlySpan<Option> options)
    {
        var id = new Argument<string>("ID") { Description = "The exception's id, as 'exceptions list' tells it" };
        var reason = new Option<string>("--reason") { Description = "Why; kept for ever", Required = true };
        var actor = new Option<string>("--actor")
        {
            Description = "Who decides; the user of this machine by default", DefaultValueFactory = static _ => "person:" + Environment.UserName,
        };
        var reach = new DataReach();
        var command = new Command(ExceptionWriter.Word(action), description) { id, reason, actor };
        Option<bool>? wait = null;
        foreach (var option in options)
        {
            command.Options.Add(option);
            wait ??= option as Option<bool>;
        }

        reach.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var by = new DecisionMaker(parsed.GetValue(actor)!, parsed.GetValue(reason)!);
            await using var reached = await reach.OpenAsync(parsed, cancellation);
            await reached.CreateTopicsAsync(cancellation);
            var desk = new ExceptionDesk(reached.Access, reached.Values, TimeProvider.System);
            var before = desk.Decide(parsed.GetValue(id)!, action, by, ownerOf(parsed), cancellation);
            var after = wait is not null && parsed.GetValue(wait)
                ? await desk.FollowAsync(before, WaitLimit, cancellation)
                : desk.Find(before.Exception.Id, cancellation);
            ExceptionWriter.Show(after, TimeProvider.System.GetUtcNow(), parsed.InvocationConfiguration.Output);
            return ExitCodes.Done;
        });
        return command;
    }
}
