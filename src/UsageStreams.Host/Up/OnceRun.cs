using System.Globalization;
using UsageStreams.Host.Import;
using UsageStreams.Host.Once;
using UsageStreams.Host.Reference;

namespace UsageStreams.Host.Up;

/// <summary>Publishes a file, settles, and draws up the statement.</summary>
internal sealed class OnceRun(UpOptions options, Action<string> tell, TimeProvider time)
{
    // Long enough for a machine to start a worker between two kills, so that they fall on all parts of the way.
    private const double SecondsPerKill = 2.5;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StepBeyond = TimeSpan.FromHours(1);

    private readonly AccessLogFormat _format = new();

    /// <summary>Runs to the end.</summary>
    /// <exception cref="HostException">Something failed, or nothing moved for too long.</exception>
    public async Task<Statement> RunAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var survey = FileSurvey.Of(options.Input, _format, options.Source, cancellation);
        if (survey.CompleteUntil is not { } complete)
            throw new HostException(ExitCodes.Failed,
                $"{options.Input} holds no line of the combined access log format, so there is nothing to meter ({survey.Lines} lines read).");
        await using var installation = await Installation.StartAsync(options, time, cancellation);
        tell($"{(installation.Stack.IsEmbedded ? "embedded broker" : "Kafka")} at {installation.Stack.Access.Bootstrap}, data in {installation.Folder.Path}");
        await installation.Projector.CatchUpAsync(cancellation);
        var until = installation.Projector.Look(projection => UntilOf(projection.Imports, survey.Lines, complete));
        var reference = AccessLogAccounts.Of(survey.Tenants);
        installation.StartWorker(reference, options.Source, tell, cancellation);

        var way = new Way { Lines = survey.Lines, Accounts = reference.Accounts.Count };
        await Commands.Progress.ShowAsync("publishing and settling", 1000, async report =>
        {
            var import = ImportAsync(installation, until, way, cancellation);
            await SettleAsync(installation, import, way, until, share => report((long)(share * 1000)), cancellation);
            return 0;
        });
        tell(string.Create(CultureInfo.InvariantCulture, $"settled after {time.GetElapsedTime(started).TotalSeconds:N1} s{(options.Kills > 0 ? $", the worker was killed {installation.Worker.Kills} times" : "")}"));
        if (installation.Projector.Look(static projection => projection.Transactions.MaxBy(static transaction => transaction.Total)) is { } largest)
            tell($"to see how it came about: usagestreams explain {largest.Id}{(options.Given is null ? " --data " + installation.Folder.Path : "")} (the largest transaction)");
        var recount = installation.Projector.Look(projection => RecountOf(projection.Imports));
        return installation.Projector.Look(projection => Audit.Of(projection, recount, installation.Stack.Sandbox.Summary, time.GetElapsedTime(started)));
    }

    private async Task ImportAsync(Installation installation, DateTimeOffset until, Way way, CancellationToken cancellation)
    {
        var import = new ImportOptions
        {
            File = options.Input, Format = _format, Source = options.Source, CompleteUntil = until,
            EventsPerSecond = options.Kills == 0 ? 0 : way.Lines / (SecondsPerKill * options.Kills),
        };
        var result = await new Importer(installation.Stack.Access, installation.Session.Values, import, time)
            .RunAsync(state => way.Imported = state.Lines, cancellation);
        way.Imported = way.Lines;
        tell(string.Create(CultureInfo.InvariantCulture,
            $"{result.Published:N0} events published, {result.Rejected:N0} lines rejected{(result.LinesBefore > 0 ? $", {result.LinesBefore:N0} lines were there before" : "")}"));
    }

    private async Task SettleAsync(
        Installation installation, Task import, Way way, DateTimeOffset until, Action<double> report, CancellationToken cancellation)
    {
        var plan = new KillPlan(options.Kills, options.Seed);
        var patience = new Patience(options.Patience, time);
        var told = time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            installation.Check();
            if (import.IsFaulted || import.IsCanceled)
                await import;
            var (missing, handled) = installation.Projector.Look(projection =>
                (Settlement.Missing(projection, until), projection.Transactions.Count - projection.UnsettledTransactions));
            var settled = import.IsCompleted && missing is null;
            var share = settled ? 1 : way.Share(handled);
            report(share);
            if (plan.IsDue(share))
            {
                if (installation.Worker.TryKill())
                    plan.Done();
            }
            else if (settled && await StaysSettledAsync(installation, until, cancellation))
            {
                return;
            }

            if (patience.IsOver(installation.Projector.Applied + way.Imported))
                throw new HostException(ExitCodes.Failed,
                    $"Nothing has moved for {options.Patience.TotalSeconds:0} s. Missing: {missing ?? "the end of publishing"}. The worker's log is {installation.Folder.WorkerLog}.");
            if (time.GetElapsedTime(told) > TellEvery)
            {
                tell("waiting: " + (missing ?? (import.IsCompleted ? "silence" : "the end of publishing")));
                told = time.GetTimestamp();
            }

            await Task.Delay(Tick, time, cancellation);
        }
    }

    // The projection may lag behind in a topic that settles nothing.
    private static async Task<bool> StaysSettledAsync(Installation installation, DateTimeOffset until, CancellationToken cancellation)
    {
        await installation.Projector.CatchUpAsync(cancellation);
        return installation.Projector.Look(projection => Settlement.Missing(projection, until)) is null;
    }

    /// <summary>
    /// The time whose passing every topic must tell before this input is settled. It travels behind the input's events, so what is published into
    /// a folder that was complete until some time needs a later one: an hour, the granularity at which tasks announce their time to others.
    /// </summary>
    private DateTimeOffset UntilOf(IReadOnlyCollection<Model.ImportProgress> imports, long lines, DateTimeOffset complete)
    {
        if (imports.Max(static import => import.CompleteUntil) is not { } told)
            return complete;
        if (imports.Any(import => import.Source == options.Source && import.Lines == lines && import.CompleteUntil is not null))
            return told;
        var later = told + StepBeyond;
        return later > complete ? later : complete;
    }

    private static Recount RecountOf(IEnumerable<Model.ImportProgress> imports)
    {
        var recount = new Recount();
        foreach (var import in imports.Where(static import => import.Format == "access-log"))
        {
            if (!File.Exists(import.File))
                throw new HostException(ExitCodes.Failed,
                    $"The recount needs {import.File}, which was imported as '{import.Source}' and is gone. Put it back, or start with another folder (--data).");
            recount.Read(import.File, import.Lines);
        }

        return recount;
    }

    /// <summary>How far a run is.</summary>
    private sealed class Way
    {
        private long _imported;

        public long Lines { get; init; }

        public int Accounts { get; init; }

        public long Imported
        {
            get => Interlocked.Read(ref _imported);
            set => Interlocked.Exchange(ref _imported, value);
        }

        public double Share(int handled) =>
            (KillPlan.Publishing * Imported / Lines) + (Imported < Lines ? 0 : (1 - KillPlan.Publishing) * Math.Min(1, (double)handled / Accounts));
    }
}
