using System.Globalization;
using System.Net.Http.Headers;
using System.Threading.Channels;
using UsageStreams.Chaos.Brokers;
using UsageStreams.Gateway.Tokens;
using UsageStreams.Host;
using UsageStreams.Host.Commands;
using UsageStreams.Host.Generate;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Host.Reference;
using UsageStreams.Model;

namespace UsageStreams.Chaos.Ingest;

/// <summary>One run: clients send events to a gateway while its broker and it are failed in every way, and what came out is counted.</summary>
internal sealed class IngestRun(IngestOptions options, IIngestBroker broker, string folder, Action<string> tell, TimeProvider time)
{
    /// <summary>Events of a request, at most.</summary>
    public const int LargestRequest = 800;

    private const int Partitions = 4;

    private readonly GenerateOptions _load = new()
    {
        Seed = options.Seed, Records = options.Events, Source = "shop", Duplicates = 0, UnknownTenants = 0, Undecodable = 0, Invalid = 0, Late = 0,
        // Events of the last days: what is older than metering allows would be turned away as late.
        From = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date.AddDays(-3), TimeSpan.Zero), Span = TimeSpan.FromDays(2),
    };

    private readonly Acknowledged _acknowledged = new(options.Events);
    private readonly SenderCounts _counts = new();
    private readonly List<string> _failures = [];

    /// <summary>Runs it in a folder of its own, which is kept when the run fails.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="tell">Told what happens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it without a result.</param>
    public static async Task<IngestResult> RunAsync(IngestOptions options, Action<string> tell, TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-ingest-").FullName;
        tell($"data and logs are in {folder}");
        IngestResult result;
        await using (IIngestBroker broker = options.Given is { } given
            ? await GivenKafka.OpenAsync(given, cancellation)
            : await FaultyBrokerProcess.StartAsync(Path.Combine(folder, "data"), options.Seed))
            result = await new IngestRun(options, broker, folder, tell, time).RunAsync(cancellation);
        if (result.Passed)
            Directory.Delete(folder, recursive: true);
        return result;
    }

    private async Task<IngestResult> RunAsync(CancellationToken cancellation)
    {
        using var session = await KafkaSession.OpenAsync(broker.Access, cancellation);
        await session.CreateTopicsAsync(Partitions, cancellation);
        var generator = new LoadGenerator(_load);
        new ReferencePublisher(broker.Access, session.Values).Publish(GeneratedAccounts.Of(generator.Tenants), _load.Source, cancellation);

        var start = time.GetTimestamp();
        var faults = await SendAsync(generator, cancellation);
        var sending = time.GetElapsedTime(start);
        tell("every event is acknowledged; reading the topic");
        var topic = await Task.Run(() => TopicCount.Of(broker.Access, session.Values, _acknowledged, options.Events, cancellation), cancellation);
        if (topic.Misplaced > 0)
            _failures.Add($"{topic.Misplaced} events do not stand where the gateway said.");
        if (_counts.Refused > 0)
            _failures.Add($"{_counts.Refused} events were refused, such as: {_counts.Refusal}");
        tell("metering the topic");
        var outcomes = await MeterAsync(session, topic, cancellation);
        if (outcomes.Duplicate != topic.Records - topic.Distinct)
            _failures.Add($"Metering found {outcomes.Duplicate} duplicates, and there are {topic.Records - topic.Distinct}.");
        if (outcomes.Counted < topic.Distinct)
            _failures.Add($"Metering counted {outcomes.Counted} of {topic.Distinct} events.");
        return new IngestResult
        {
            Numbers = Numbers(faults, topic, outcomes, sending), Lost = topic.Lost, CountedTwice = Math.Max(0, outcomes.Counted - topic.Distinct), Failures = _failures,
        };
    }

    private async Task<Dictionary<string, int>> SendAsync(LoadGenerator generator, CancellationToken cancellation)
    {
        var (port, _) = EmbeddedBrokerProcess.FreePorts();
        var tokens = Path.Combine(folder, "tokens.json");
        new TokenAdmin(tokens, tokens + ".audit", time).Add("chaos", null, [_load.Source], TimeSpan.FromDays(1), out var token);
        await using var gateway = new WorkerProcess(
            [
                "gateway", "--child", "--tokens", tokens, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--delivery-timeout", "2",
                "--events-per-second", "10000000", "--max-queued", "20000", .. CommonOptions.ToArguments(broker.Access, null),
            ],
            Path.Combine(folder, "gateway.log"), text => tell("gateway: " + text), time);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = options.Clients };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(20) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        var storm = new Storm(options, broker, gateway, _acknowledged, tell, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = SendAllAsync(generator, client, storm, ending.Token);
        var work = Task.WhenAll(sending, storm.RunAsync(sending, ending.Token));
        if (await Task.WhenAny(work, gateway.Watching) != work)
        {
            await ending.CancelAsync();
            await gateway.Watching;
        }

        await work;
        foreach (var code in gateway.ExitCodesOfItsOwn.Where(static code => code != ExitCodes.Unreachable))
            _failures.Add(string.Create(CultureInfo.InvariantCulture, $"The gateway ended by itself with exit code {code}."));
        return storm.Faults;
    }

    private async Task SendAllAsync(LoadGenerator generator, HttpClient client, Storm storm, CancellationToken cancellation)
    {
        var batches = Channel.CreateBounded<UsageEvent[]>(options.Clients * 2);
        var making = Task.Run(async () =>
        {
            var random = new Xoshiro(options.Seed + 2);
            var batch = new List<UsageEvent>();
            var (size, made) = (1, 0);
            foreach (var record in generator.Records())
            {
                await storm.WaitAsync(made++, cancellation);
                batch.Add(record.Event!);
                if (batch.Count < size)
                    continue;
                await batches.Writer.WriteAsync([.. batch], cancellation);
                batch.Clear();
                size = random.Chance(0.2) ? 1 : 1 + random.NextInt(LargestRequest);
            }

            if (batch.Count > 0)
                await batches.Writer.WriteAsync([.. batch], cancellation);
            batches.Writer.Complete();
        }, cancellation);
        await Task.WhenAll([making, .. Enumerable.Range(0, options.Clients).Select(number => Task.Run(async () =>
        {
            var sender = new Sender(client, _acknowledged, _counts, new Xoshiro(options.Seed + 3 + (ulong)number));
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellation))
                await sender.SendAsync(batch, cancellation);
        }, cancellation))]);
    }

    private async Task<EventOutcomes> MeterAsync(KafkaSession session, TopicCount topic, CancellationToken cancellation)
    {
        await using var worker = new WorkerProcess(
            ["worker", "metering", "--child", "--state", Path.Combine(folder, "metering-state"), .. CommonOptions.ToArguments(broker.Access, null)], Path.Combine(folder, "metering.log"), text => tell("metering: " + text), time);
        return await OutcomeCount.WaitAsync(broker.Access, session.Values, topic.Records, worker.Watching, time, cancellation);
    }

    private IReadOnlyList<(string Name, decimal Value)> Numbers(Dictionary<string, int> faults, TopicCount topic, EventOutcomes outcomes, TimeSpan sending) =>
    [
        ("seed", options.Seed),
        ("events", options.Events),
        ("acknowledged", _acknowledged.Count),
        ("refused", _counts.Refused),
        ("requests", _counts.Requests),
        ("retried", _counts.Retries),
        ("given up by clients", _counts.GivenUp),
        ("without an answer", _counts.Unanswered),
        ("unconfirmed events", _counts.Unconfirmed),
        .. _counts.Statuses.Select(static (count, status) => (status, count)).Where(static pair => pair.count > 0)
            .Select(static pair => (string.Create(CultureInfo.InvariantCulture, $"answers {pair.status}"), (decimal)pair.count)),
        ("broker refusing", faults[Storm.Refuse]),
        ("broker losing answers", faults[Storm.Lose]),
        ("broker held", faults[Storm.Hold]),
        ("broker killed", faults[Storm.KillBroker]),
        ("gateway killed", faults[Storm.KillGateway]),
        .. broker.Counts,
        ("seconds sending", (decimal)Math.Round(sending.TotalSeconds, 1)),
        ("on the topic", topic.Records),
        ("distinct", topic.Distinct),
        ("counted", outcomes.Counted),
        ("duplicates", outcomes.Duplicate),
    ];
}
