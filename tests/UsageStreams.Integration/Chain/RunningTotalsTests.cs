using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Integration.Chain;

/// <summary>
/// How soon an event is in its running total, from before it is published until a reader of committed records has the total that holds it. An account's n-th
/// event has the quantity 2^n, so that a total tells by its digits which events it holds.
/// </summary>
public sealed class RunningTotalsTests(ChainKafka kafka) : IClassFixture<ChainKafka>
{
    private const int Accounts = 40;
    private const int EventsOfARound = 400;
    private const int Percentile99 = (EventsOfARound * 99 / 100) - 1;

    // A machine that stands still for a while can spoil a round; a topology that waits for anything but its commits spoils all of them.
    private const int Rounds = 4;

    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // One instant for all: no window ends and no billing period either, whenever the test runs.
    private readonly DateTimeOffset _time = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
    private readonly ConcurrentDictionary<(string Account, int Number), long> _sent = new();
    private readonly Dictionary<string, ulong> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Account, int Number), TimeSpan> _latencies = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_in_a_committed_running_total_within_two_seconds_at_p99()
    {
        var options = kafka.Options(out var prefix);
        var access = new KafkaAccess(new KafkaConnection(kafka.Bootstrap), new Uri(kafka.Registry), new UsageTopics(prefix));
        using var session = await KafkaSession.OpenAsync(access, Cancellation);
        await session.CreateTopicsAsync(Cancellation);
        using var publisher = new UsagePublisher(access, session.Values, "load");
        PublishReferences(publisher, access.Topics);
        using var worker = UsageStreamsCommand.Start(["worker", "metering", "--child", .. options]);
        worker.OutputDataReceived += static (_, _) => { };
        worker.ErrorDataReceived += static (_, _) => { };
        worker.BeginOutputReadLine();
        worker.BeginErrorReadLine();
        using var reader = Open(access);
        // Not one of those that are measured: with it the worker has started.
        Send(publisher, 0);
        ReadUntilAllAreHeld(reader, access.Topics, session.Values);

        List<TimeSpan> rounds = [];
        for (var next = Accounts; rounds.Count < Rounds && !rounds.Exists(static p99 => p99 <= Promise); next += EventsOfARound)
            rounds.Add(await RoundAsync(next, publisher, reader, access.Topics, session.Values));
        worker.StandardInput.Close();
        await worker.WaitForExitAsync(Cancellation);

        _latencies.Count.ShouldBe(1 + (rounds.Count * EventsOfARound));
        rounds.ShouldContain(static p99 => p99 <= Promise);
    }

    /// <summary>Sends events one by one while their totals are read.</summary>
    /// <returns>What 99 of 100 of them took at most.</returns>
    private async Task<TimeSpan> RoundAsync(int first, UsagePublisher publisher, IConsumer<byte[], byte[]> reader, UsageTopics topics, UsageValues values)
    {
        var sending = Task.Run(() => SendAllAsync(first, publisher), Cancellation);
        while (!sending.IsCompleted)
            Take(reader.Consume(TimeSpan.FromMilliseconds(20)), topics, values);
        await sending;
        ReadUntilAllAreHeld(reader, topics, values);
        var latencies = Enumerable.Range(first, EventsOfARound).Select(number => _latencies[NameOf(number)]).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"p50 {latencies[EventsOfARound / 2].TotalMilliseconds:0} ms, p99 {latencies[Percentile99].TotalMilliseconds:0} ms, most {latencies[^1].TotalMilliseconds:0} ms");
        return latencies[Percentile99];
    }

    private async Task SendAllAsync(int first, UsagePublisher publisher)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var number = first; number < first + EventsOfARound; number++)
        {
            Send(publisher, number);
            await pace.WaitForNextTickAsync(Cancellation);
        }
    }

    private void Send(UsagePublisher publisher, int number)
    {
        var name = NameOf(number);
        _sent[name] = Stopwatch.GetTimestamp();
        publisher.Begin();
        publisher.Publish(new UsageEvent
        {
            Id = FormattableString.Invariant($"{name.Number}"), Source = "test", Type = "used", Tenant = "t-" + name.Account, Product = "app", Time = _time, Quantity = 1UL << name.Number,
        });
        publisher.Commit();
    }

    private void ReadUntilAllAreHeld(IConsumer<byte[], byte[]> reader, UsageTopics topics, UsageValues values)
    {
        var start = Stopwatch.GetTimestamp();
        while (_latencies.Count < _sent.Count)
        {
            if (Stopwatch.GetElapsedTime(start) > Deadline)
                throw new TimeoutException($"{_sent.Count - _latencies.Count} of {_sent.Count} events are in no running total after {Deadline}: {string.Join(", ", _sent.Keys.Except(_latencies.Keys).Take(5))}, …");
            Take(reader.Consume(TimeSpan.FromMilliseconds(20)), topics, values);
        }
    }

    private void Take(ConsumeResult<byte[], byte[]>? record, UsageTopics topics, UsageValues values)
    {
        if (record?.Message?.Value is not { } value)
            return;
        var now = Stopwatch.GetTimestamp();
        var total = values.Read<RunningTotal>(topics.Running, value);
        var (before, holds) = (_held.GetValueOrDefault(total.Account), (ulong)total.Quantity);
        (before & ~holds).ShouldBe(0UL, $"a total of {total.Account} lost events that it held");
        total.Count.ShouldBe(System.Numerics.BitOperations.PopCount(holds), $"{total.Account} holds an event twice, or one that nobody sent");
        for (var more = holds & ~before; more != 0; more &= more - 1)
        {
            var name = (total.Account, System.Numerics.BitOperations.TrailingZeroCount(more));
            _latencies.Add(name, Stopwatch.GetElapsedTime(_sent[name], now));
        }

        _held[total.Account] = holds;
    }

    private static IConsumer<byte[], byte[]> Open(KafkaAccess access)
    {
        var config = access.Reader();
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.FetchWaitMaxMs = 20;
        var reader = new ConsumerBuilder<byte[], byte[]>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        reader.Assign(TopicReader.Partitions(access, access.Topics.Running).Select(static partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        return reader;
    }

    private static void PublishReferences(UsagePublisher publisher, UsageTopics topics)
    {
        var from = DateTimeOffset.UnixEpoch;
        publisher.Begin();
        publisher.Publish(topics.Metrics, "sum@1", new Metric { Code = "sum", Version = 1, From = from, EventTypes = ["used"], Aggregation = Aggregation.Sum, Unit = "unit", Window = MetricWindow.Hour, GraceMillis = 0, Owner = "finance" });
        foreach (var account in Enumerable.Range(0, Accounts).Select(static number => NameOf(number).Account))
        {
            publisher.Publish(topics.Contracts, "c-" + account, new Contract { Id = "c-" + account, Account = account, From = from, Currency = "USD", CurrencyDigits = 2, Zone = "UTC", AnchorDay = 1, Lines = [] });
            publisher.Publish(topics.Accounts, account, new Account { Id = account, Name = account, LegalEntity = "1", SoldTo = account, BillTo = account, CrmAccount = account, Contracts = ["c-" + account] });
            publisher.Publish(topics.Tenants, "t-" + account, new Tenant { Id = "t-" + account, Assignments = [new TenantAssignment { From = from, Account = account }] });
        }

        publisher.Commit();
    }

    private static (string Account, int Number) NameOf(int number) => (FormattableString.Invariant($"a{number % Accounts}"), number / Accounts);
}
