using System.Collections.Concurrent;
using System.Globalization;
using UsageStreams.Chaos.Brokers;
using UsageStreams.Chaos.Load;
using UsageStreams.Chaos.Report;
using UsageStreams.Host;
using UsageStreams.Host.Commands;
using UsageStreams.Host.Generate;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Host.Projecting;
using UsageStreams.Host.Reference;

namespace UsageStreams.Chaos;

/// <summary>One run: a paced load through three workers that are killed while it lasts, and the comparison of what came out.</summary>
internal sealed class ChaosRun(ChaosOptions options, IChaosBroker broker, string folder, Action<string> tell, TimeProvider time)
{
    private const int Workers = 3;
    private const int Partitions = 8;

    private readonly GenerateOptions _load = new()
    {
        Seed = options.Seed, Records = options.Records, Source = "chaos", Span = TimeSpan.FromDays(3),
        Duplicates = 0.05, Late = 0.02, OutOfOrder = 0.05, UnknownTenants = 0.01, Undecodable = 0.005, Invalid = 0.005,
    };

    private readonly ConcurrentQueue<string> _notes = new();
    private readonly List<string> _failures = [];

    /// <summary>The name that a worker keeps over its restarts.</summary>
    public static string WorkerName(int worker) => string.Create(CultureInfo.InvariantCulture, $"w{worker + 1}");

    /// <summary>Runs it in a folder of its own, which is kept when the run fails.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="tell">Told what happens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it without a result.</param>
    public static async Task<ChaosResult> RunAsync(ChaosOptions options, Action<string> tell, TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-chaos-").FullName;
        tell($"data and logs are in {folder}");
        ChaosResult result;
        await using (IChaosBroker broker = options.Given is { } given
            ? await GivenKafka.OpenAsync(given, cancellation)
            : await EmbeddedBrokerProcess.StartAsync(Path.Combine(folder, "data"), Path.Combine(folder, "broker.log")))
        {
            result = await new ChaosRun(options, broker, folder, tell, time).RunAsync(cancellation);
        }

        if (result.Passed)
            Directory.Delete(folder, recursive: true);
        return result;
    }

    private async Task<ChaosResult> RunAsync(CancellationToken cancellation)
    {
        using var session = await KafkaSession.OpenAsync(broker.Access, cancellation);
        await session.CreateTopicsAsync(Partitions, cancellation);
        var generator = new LoadGenerator(_load);
        new ReferencePublisher(broker.Access, session.Values).Publish(GeneratedAccounts.Of(generator.Tenants), _load.Source, cancellation);
        string[] logs = [.. Enumerable.Range(0, Workers).Select(worker => Path.Combine(folder, WorkerName(worker) + ".log"))];
        WorkerProcess[] workers = [.. logs.Select(Start)];
        try
        {
            return await RunAsync(session, generator, workers, logs, cancellation);
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
        }
    }

    private async Task<ChaosResult> RunAsync(
        KafkaSession session, LoadGenerator generator, WorkerProcess[] workers, string[] logs, CancellationToken cancellation)
    {
        var end = _load.From + _load.Span;
        var until = new DateTimeOffset(end.Year, end.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1).AddDays(1);
        var failing = Task.WhenAny(workers.Select(static worker => worker.Watching)).Unwrap();
        var start = time.GetTimestamp();
        var faults = new FaultPlan(options, workers, broker, tell, time);
        var publisher = new ResumingPublisher(broker.Access, session.Values, generator, _load, time);
        await PublishAsync(publisher, faults, until, cancellation);

        var settling = time.GetTimestamp();
        tell($"{publisher.Published} records are published; no more faults");
        await using var projector = new Projector(broker.Access, new Projection(broker.Access.Topics, session.Values, Partitions), time);
        if (await Settlement.WaitAsync(projector, until, failing, time, cancellation) is { } missing)
            _failures.Add(missing);
        Judge(workers);
        return new ChaosResult
        {
            Options = options, Broker = broker.Name, Kills = [.. workers.Select(static worker => worker.Kills)], BrokerRestarts = faults.BrokerRestarts,
            Logs = LogCounts.Of(logs), Resumptions = publisher.Resumptions, Notes = [.. _notes], Failures = _failures,
            Figures = projector.Look(now => Comparison.Of(now, generator.Totals)), Records = publisher.Published,
            Seconds = time.GetElapsedTime(start).TotalSeconds, SettleSeconds = time.GetElapsedTime(settling).TotalSeconds, LogFiles = logs,
        };
    }

    private async Task PublishAsync(ResumingPublisher publisher, FaultPlan faults, DateTimeOffset until, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = faults.RunAsync(ending.Token);
        try
        {
            await Task.Run(() => publisher.PublishAsync(options.Rate, until, cancellation), cancellation);
        }
        finally
        {
            await ending.CancelAsync();
            await running;
        }
    }

    private WorkerProcess Start(string log, int worker) => new(
        
        [
            "worker", "metering", "billing", "signals", "--child", "--instance", WorkerName(worker), .. StateOf(worker), .. CommonOptions.ToArguments(broker.Access, null),
        ],
        log,
        text =>
        {
            _notes.Enqueue($"{WorkerName(worker)}: {text}");
            tell($"{WorkerName(worker)}: {text}");
        },
        time);

    // A kill finds state half written, and a rebalance finds a directory that others have overtaken meanwhile.
    private string[] StateOf(int worker) => ["--state", Path.Combine(folder, WorkerName(worker) + "-state")];

    // A worker that finds no broker when it is started ends, and is started again; it never ends in another way.
    private void Judge(IReadOnlyList<WorkerProcess> workers)
    {
        for (var worker = 0; worker < workers.Count; worker++)
        {
            foreach (var code in workers[worker].ExitCodesOfItsOwn.Where(static code => code != ExitCodes.Unreachable))
                _failures.Add(string.Create(CultureInfo.InvariantCulture, $"{WorkerName(worker)} ended by itself with exit code {code}."));
            if (workers[worker].Watching is { IsFaulted: true, Exception: { } fault })
                _failures.Add($"{WorkerName(worker)} is not started any more: {fault.GetBaseException().Message}");
        }
    }
}
