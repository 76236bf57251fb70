using System.Globalization;
using Spectre.Console;
using UsageStreams.Model;

namespace UsageStreams.Host.Exceptions;

/// <summary>Tells exceptions to people.</summary>
internal static class ExceptionWriter
{
    private static readonly string[] Columns = ["id", "state", "owner", "events", "ever", "oldest", "age", "due"];

    /// <summary>One line for each.</summary>
    /// <param name="views">What to tell.</param>
    /// <param name="now">What age and due time are told against.</param>
    /// <param name="output">Where to.</param>
    /// <param name="watched">Whether it is a terminal.</param>
    public static void List(IReadOnlyList<ExceptionView> views, DateTimeOffset now, TextWriter output, bool watched)
    {
        var rows = views.Select(view => Row(view, now)).ToList();
        if (!watched)
        {
            foreach (var row in rows.Prepend(Columns))
                output.WriteLine(string.Join('\t', row));
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in Columns)
            table.AddColumn(column is "events" or "ever" or "age" ? new TableColumn(column).RightAligned() : new TableColumn(column));
        foreach (var row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
    }

    /// <summary>All that is known of one.</summary>
    public static void Show(ExceptionView view, DateTimeOffset now, TextWriter output)
    {
        var exception = view.Exception;
        Line("exception", exception.Id);
        Line("tenant", exception.Tenant.Length == 0 ? "(the records name none)" : exception.Tenant);
        Line("what", $"{exception.Kind.Code()}, {exception.Reason}: {exception.Text}");
        Line("events", Invariant($"{exception.Count} now, {exception.Total} ever"));
        Line("where", Invariant($"partition {exception.Partition}, offsets {exception.FirstOffset} to {exception.LastOffset}"));
        Line("oldest", Time(exception.Oldest));
        Line("state", Word(view.State));
        Line("owner", view.Owner);
        Line("opened", $"{Time(exception.Opened)}, {Age(view.Age(now))} ago");
        Line("due", Time(exception.Due) + (view.IsOverdue(now) ? ", OVERDUE" : ""));
        foreach (var decision in view.Decisions)
            Line("decision", $"{Time(decision.Time)} {decision.Actor}: {Word(decision.Action)}{(decision.Owner is null ? "" : " to " + decision.Owner)}: {decision.Reason}");

        void Line(string name, string value) => output.WriteLine($"{name,-12}{value}");
    }

    /// <summary>A state, kind or action as people type it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string[] Row(ExceptionView view, DateTimeOffset now) =>
    [
        view.Exception.Id, Word(view.State), view.Owner, Invariant($"{view.Exception.Count}"), Invariant($"{view.Exception.Total}"),
        Time(view.Exception.Oldest), Age(view.Age(now)), Time(view.Exception.Due) + (view.IsOverdue(now) ? " overdue" : ""),
    ];

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => Invariant($"{age.TotalDays:0} d"),
        { TotalHours: >= 2 } => Invariant($"{age.TotalHours:0} h"),
        _ => Invariant($"{age.TotalMinutes:0} min"),
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
