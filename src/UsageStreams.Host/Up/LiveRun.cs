using System.Globalization;
using UsageStreams.Host.Generate;
using UsageStreams.Host.Import;
using UsageStreams.Host.Reference;

namespace UsageStreams.Host.Up;

/// <summary>
/// Runs everything until Ctrl-C: publishes the sample at a pace that can be watched, then generated load, a day of event time in
/// ten seconds, one day after the other, also over restarts: a month, and its transactions, take five minutes.
/// </summary>
internal sealed class LiveRun(UpOptions options, TimeProvider time)
{
    private const string GeneratedSource = "generated";
    private const long RecordsPerDay = 5_000;
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    private string _stage = "starting";
    private string? _news;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var format = new AccessLogFormat();
        var survey = FileSurvey.Of(options.Input, format, options.Source, cancellation);
        await using var installation = await Installation.StartAsync(options, time, cancellation);
        var generated = GeneratedAccounts.Of(new LoadGenerator(Day(0)).Tenants);
        var reference = AccessLogAccounts.Of(survey.Tenants);
        installation.StartWorker(
            reference with
            {
                Tenants = [.. reference.Tenants, .. generated.Tenants],
                Accounts = [.. reference.Accounts, .. generated.Accounts],
                Contracts = [.. reference.Contracts, .. generated.Contracts],
            },
            "live", news => _news = news, cancellation);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var publishing = PublishAsync(installation, format, survey, ending.Token);
        try
        {
            await LiveScreen.ShowAsync(() => Snapshot(installation, publishing), Places(installation), Refresh, time, cancellation);
        }
        finally
        {
            await ending.CancelAsync();
            await publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PublishAsync(Installation installation, AccessLogFormat format, FileSurvey survey, CancellationToken cancellation)
    {
        _stage = "publishing " + Path.GetFileName(options.Input);
        var import = new ImportOptions
        {
            File = options.Input, Format = format, Source = options.Source, EventsPerSecond = options.Rate, CompleteUntil = survey.CompleteUntil,
        };
        await new Importer(installation.Stack.Access, installation.Session.Values, import, time).RunAsync(null, cancellation);
        var days = new DayCount(Path.Combine(installation.Folder.Path, "generated-days"));
        while (true)
        {
            var day = Day(days.Next());
            _stage = string.Create(CultureInfo.InvariantCulture, $"publishing generated load of {day.From:yyyy-MM-dd}");
            await new LoadPublisher(installation.Stack.Access, installation.Session.Values, day, time)
                .PublishAsync(new LoadGenerator(day), options.Rate, day.From + day.Span, null, cancellation);
        }
    }

    private GenerateOptions Day(int day)
    {
        var defaults = new GenerateOptions();
        return defaults with
        {
            Seed = options.Seed + (ulong)day, Source = GeneratedSource, Records = RecordsPerDay, Tenants = 200,
            From = defaults.From.AddDays(day), Span = TimeSpan.FromDays(1),
        };
    }

    private LiveSnapshot Snapshot(Installation installation, Task publishing)
    {
        installation.Check();
        if (publishing.IsFaulted)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(publishing.Exception.InnerException!);
        return installation.Projector.Look(projection => LiveSnapshot.Of(projection, _stage, _news));
    }

    private static IReadOnlyList<(string What, string Where)> Places(Installation installation) =>
    [
        ("Kafka", installation.Stack.Access.Bootstrap),
        ("registry", installation.Stack.Access.SubjectsUrl),
        ("ERP and CRM", new Uri(installation.Stack.Sandbox.Url, "sandbox/summary").ToString()),
        ("worker's log", installation.Folder.WorkerLog),
        ("data", installation.Folder.Path),
    ];
}
