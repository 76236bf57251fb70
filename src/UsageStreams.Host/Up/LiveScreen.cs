using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace UsageStreams.Host.Up;

/// <summary>Shows a live run: a screen where there is a terminal, else a line every few seconds.</summary>
internal static class LiveScreen
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>Shows snapshots until cancelled.</summary>
    public static Task ShowAsync(
        Func<LiveSnapshot> look, IReadOnlyList<(string What, string Where)> places, TimeSpan refresh, TimeProvider time, CancellationToken cancellation) =>
        Console.IsOutputRedirected
            ? LinesAsync(look, places, time, cancellation)
            : AnsiConsole.Live(new Text("starting")).AutoClear(false).StartAsync(async context =>
            {
                var rate = new Rate(time);
                while (true)
                {
                    var now = look();
                    context.UpdateTarget(Render(now, rate.Of(now.EventsRead), places));
                    await Task.Delay(refresh, time, cancellation);
                }
            });

    private static async Task LinesAsync(
        Func<LiveSnapshot> look, IReadOnlyList<(string What, string Where)> places, TimeProvider time, CancellationToken cancellation)
    {
        foreach (var (what, where) in places)
            await Console.Out.WriteLineAsync($"{what,-13} {where}");
        await Console.Out.WriteLineAsync("Ctrl-C ends everything");
        var rate = new Rate(time);
        string? told = null;
        while (true)
        {
            var now = look();
            if (now.News is { } news && news != told)
                await Console.Out.WriteLineAsync(told = news);
            await Console.Out.WriteLineAsync(Line(now, rate.Of(now.EventsRead)));
            await Task.Delay(LineEvery, time, cancellation);
        }
    }

    private static string Line(LiveSnapshot now, double perSecond) => string.Create(CultureInfo.InvariantCulture,
        $"{now.Stage}: {now.EventsRead:N0} events ({perSecond:N0}/s), lag {now.Lag:N0}, {now.OpenWindows:N0} open windows, {now.Entries:N0} ledger entries, "
        + $"transactions: {States(now)}, {now.Signals:N0} signals, {now.Rejected:N0} rejected, {now.Parked:N0} parked");

    private static string States(LiveSnapshot now) =>
        now.Transactions.Count == 0 ? "none yet" : string.Join(", ", now.Transactions.Select(static state => string.Create(CultureInfo.InvariantCulture, $"{state.Value:N0} {state.Key}")));

    private static Rows Render(LiveSnapshot now, double perSecond, IReadOnlyList<(string What, string Where)> places)
    {
        var figures = new Table().Border(TableBorder.Rounded).Title("[bold]UsageStreams[/]  " + Markup.Escape(now.Stage)).HideHeaders().AddColumns("", "", "", "");
        Row(figures, ("events", N(now.EventsRead)), ("per second", N(perSecond)));
        Row(figures, ("lag", N(now.Lag)), ("open windows", N(now.OpenWindows)));
        Row(figures, ("counted", N(now.Outcomes.Counted)), ("duplicate", N(now.Outcomes.Duplicate)));
        Row(figures, ("rejected", N(now.Rejected)), ("parked", N(now.Parked)));
        Row(figures, ("too late", N(now.Outcomes.LateRejected)), ("", ""));
        Row(figures, ("ledger entries", N(now.Entries)), ("transactions", States(now)));
        Row(figures, ("billed", string.Create(CultureInfo.InvariantCulture, $"{now.Total:N2} USD")), ("signals", $"{N(now.Signals)} ({N(now.UnansweredSignals)} on their way)"));
        return new Rows(figures, Ledger(now), Look(places), new Text(now.News ?? " "), new Markup("[grey]Ctrl-C ends everything[/]"));
    }

    private static Table Ledger(LiveSnapshot now)
    {
        var ledger = new Table().Border(TableBorder.Rounded).Title("last ledger entries").AddColumns("account", "metric", "window", "quantity", "kind");
        foreach (var entry in now.Last)
        {
            ledger.AddRow(
                Markup.Escape(entry.Account), Markup.Escape(entry.Metric), entry.WindowStart.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                entry.Quantity.ToString("#,0.#########", CultureInfo.InvariantCulture), entry.Kind.ToString().ToLowerInvariant());
        }

        return ledger;
    }

    private static Table Look(IReadOnlyList<(string What, string Where)> places)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        foreach (var (what, where) in places)
            table.AddRow(Markup.Escape(what), Markup.Escape(where));
        return table;
    }

    private static void Row(Table table, (string Name, string Value) left, (string Name, string Value) right) =>
        table.AddRow(new IRenderable[] { new Markup($"[grey]{left.Name}[/]"), new Text(left.Value), new Markup($"[grey]{right.Name}[/]"), new Text(right.Value) });

    private static string N(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>How fast a count grows.</summary>
    private sealed class Rate(TimeProvider time)
    {
        private long _count = -1;
        private long _at;

        public double Of(long count)
        {
            var now = time.GetTimestamp();
            var rate = _count < 0 ? 0 : (count - _count) / Math.Max(0.001, time.GetElapsedTime(_at, now).TotalSeconds);
            (_count, _at) = (count, now);
            return rate;
        }
    }
}
