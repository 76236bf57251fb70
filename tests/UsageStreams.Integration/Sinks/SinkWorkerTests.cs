using System.Text;
using UsageStreams.Model;
using UsageStreams.Sandbox;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sinks;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Sinks;

public sealed class SinkWorkerTests(SinkKafka kafka) : IClassFixture<SinkKafka>, IAsyncLifetime
{
    private const int Count = 20;
    private SinkBench _bench = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await SinkBench.StartAsync(kafka);

    public async ValueTask DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Each_approved_transaction_is_one_document_and_one_receipt_beside_its_account()
    {
        Publish(Transactions(Count));
        Publish([Transaction("draft", "acc-1") with { State = TransactionState.Draft }]);
        await using var worker = _bench.Work(_bench.NetSuite());
        var receipts = kafka.Receipts(_bench.ReceiptsTopic, Count);

        receipts.Select(entry => entry.Receipt.Document).ShouldBe(Transactions(Count).Select(transaction => transaction.Id), ignoreOrder: true);
        _bench.Sandbox.Summary.Erp.Documents.ShouldBe(Count);
        _bench.Sandbox.Summary.Erp.Total.ShouldBe(Count * 1.5m);
        foreach (var (receipt, record) in receipts)
        {
            receipt.Status.ShouldBe(ReceiptStatus.Accepted);
            receipt.System.ShouldBe("netsuite");
            receipt.RemoteId.ShouldBe(_bench.Sandbox.Summary.Records.Single(held => held.ExternalId == receipt.Document).RemoteId);
            Encoding.UTF8.GetString(record.Message.Key!).ShouldBe(receipt.Document);
            record.Partition.Value.ShouldBe(Partitioners.Murmur2(receipt.Account, SinkKafka.Partitions));
            Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(Trace.CorrelationHeader)).ShouldBe($"why-{receipt.Document}");
        }
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(7, "erp-1")]
    public async Task A_crash_between_the_remote_commit_and_the_receipt_ends_as_one_document_and_one_receipt(int batches, string? instance)
    {
        Publish(Transactions(Count));
        await using (var crashing = _bench.Work(new CrashingConnector<BillingTransaction>(_bench.NetSuite(), batches), instance))
            await Should.ThrowAsync<CrashException>(crashing.Run.WaitAsync(TimeSpan.FromSeconds(60), Token));
        // A batch may have begun while the crash went its way.
        var told = _bench.Sandbox.Summary.Erp.Documents;
        told.ShouldBeInRange(batches + 1, Count);
        // What a commit wrote between two batches isn't sent again.
        var committed = kafka.Receipts(_bench.ReceiptsTopic, 0).Count;
        committed.ShouldBeLessThan((int)told);

        await using var worker = _bench.Work(_bench.NetSuite(), instance);
        ShouldBeOneReceiptEach(kafka.Receipts(_bench.ReceiptsTopic, Count));
        _bench.Sandbox.Summary.Records.ShouldAllBe(record => record.Creates == 1);
        _bench.Sandbox.Summary.Erp.Updates.ShouldBe(told - committed);
        _bench.Sandbox.Summary.Erp.Total.ShouldBe(Count * 1.5m);
    }

    [Fact]
    public async Task A_refused_document_has_a_refused_receipt_and_blocks_nobody()
    {
        Order(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.Refuse, ExternalId = "tx-3", Times = null, Message = "Period closed." });
        Publish(Transactions(Count));
        await using var worker = _bench.Work(_bench.NetSuite());
        var receipts = kafka.Receipts(_bench.ReceiptsTopic, Count);
        var refused = receipts.Select(entry => entry.Receipt).Where(receipt => receipt.Status == ReceiptStatus.Refused).ShouldHaveSingleItem();
        refused.Document.ShouldBe("tx-3");
        refused.RemoteId.ShouldBeNull();
        refused.Error.ShouldNotBeNull().ShouldContain("Period closed.");
    }

    [Fact]
    public async Task A_remote_that_is_down_is_waited_for_and_the_worker_can_be_stopped_meanwhile()
    {
        Order(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.Unavailable, RetryAfterSeconds = 0, Times = null });
        Publish(Transactions(Count));
        await using (var waiting = _bench.Work(_bench.NetSuite()))
        {
            while (_bench.Sandbox.Summary.Erp.Calls < 8) await Task.Delay(10, Token);
            waiting.Run.IsCompleted.ShouldBeFalse();
        }

        kafka.Receipts(_bench.ReceiptsTopic, 0).ShouldBeEmpty();
        _bench.Sandbox.Faults.Clear();
        await using var worker = _bench.Work(_bench.NetSuite());
        ShouldBeOneReceiptEach(kafka.Receipts(_bench.ReceiptsTopic, Count));
    }

    [Fact]
    public async Task A_wait_longer_than_a_second_keeps_the_worker_in_its_group()
    {
        Order(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.Delay, DelayMilliseconds = 2_500, ExternalId = "tx-0" });
        Publish(Transactions(Count));
        await using var worker = _bench.Work(_bench.NetSuite(), maxRecords: 3);
        ShouldBeOneReceiptEach(kafka.Receipts(_bench.ReceiptsTopic, Count));
        _bench.Sandbox.Summary.Erp.Updates.ShouldBe(0);
    }

    [Fact]
    public async Task Partitions_that_move_to_another_worker_lose_and_double_no_receipt()
    {
        Order(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.Delay, DelayMilliseconds = 300, Times = 12 });
        Publish(Transactions(Count));
        await using var first = _bench.Work(_bench.NetSuite(), maxRecords: 4);
        while (_bench.Sandbox.Summary.Erp.Calls < 1) await Task.Delay(10, Token);
        await using var second = _bench.Work(_bench.NetSuite(), maxRecords: 4);
        ShouldBeOneReceiptEach(kafka.Receipts(_bench.ReceiptsTopic, Count));
        _bench.Sandbox.Summary.Records.ShouldAllBe(record => record.Creates == 1);
    }

    [Fact]
    public async Task Transactions_of_an_account_are_posted_in_their_order()
    {
        Publish([.. Enumerable.Range(0, Count).Select(i => Transaction($"tx-{i:D2}", "acc-1"))]);
        await using var worker = _bench.Work(_bench.NetSuite());
        kafka.Receipts(_bench.ReceiptsTopic, Count);
        _bench.Sandbox.Summary.Records.OrderBy(record => int.Parse(record.RemoteId)).Select(record => record.ExternalId).ShouldBeInOrder();
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_stops_the_worker_by_its_place()
    {
        kafka.PublishRaw(_bench.Topic, [1]);
        await using var worker = _bench.Work(_bench.NetSuite());
        var error = await Should.ThrowAsync<SinkStoppedException>(worker.Run.WaitAsync(TimeSpan.FromSeconds(60), Token));
        error.Message.ShouldContain(_bench.Topic);
        error.Message.ShouldContain("@0");
    }

    [Fact]
    public async Task Signals_reach_the_crm_through_a_storm_of_faults()
    {
        Order(new SandboxFault { System = SandboxSystem.Salesforce, Kind = FaultKind.DropAfterEffect, Probability = 0.4, Seed = 3, Times = 3 });
        Order(new SandboxFault { System = SandboxSystem.Salesforce, Kind = FaultKind.TooManyRequests, Probability = 0.4, Seed = 4, Times = 3 });
        var signals = Enumerable.Range(0, Count).Select(i => Signal($"s-{i}", $"acc-{i % 5}", i)).ToList();
        kafka.Publish(_bench.Topic, signals.Select(signal => (signal.Id, signal.Account, signal)));
        await using var worker = _bench.Work(_bench.Salesforce());
        var receipts = kafka.Receipts(_bench.ReceiptsTopic, Count);
        receipts.Select(entry => entry.Receipt.Document).ShouldBe(signals.Select(signal => signal.Id), ignoreOrder: true);
        receipts.ShouldAllBe(entry => entry.Receipt.Status == ReceiptStatus.Accepted);
        _bench.Sandbox.Summary.Crm.Records.ShouldBe(new Dictionary<string, int> { ["Account"] = 5, ["Task"] = Count / 2 }, ignoreOrder: true);
        _bench.Sandbox.Summary.Records.ShouldAllBe(record => record.Creates == 1);
    }

    private static void ShouldBeOneReceiptEach(List<(Receipt Receipt, Confluent.Kafka.ConsumeResult<byte[]?, byte[]?> Record)> receipts)
    {
        receipts.Select(entry => entry.Receipt.Document).ShouldBe(Transactions(Count).Select(transaction => transaction.Id), ignoreOrder: true);
        receipts.ShouldAllBe(entry => entry.Receipt.Status == ReceiptStatus.Accepted);
    }

    private void Order(SandboxFault fault) => _bench.Sandbox.Faults.Add(fault);

    private void Publish(IReadOnlyList<BillingTransaction> transactions) =>
        kafka.Publish(_bench.Topic, transactions.Select(transaction => (transaction.Id, transaction.Account, transaction)));

    private static List<BillingTransaction> Transactions(int count) => [.. Enumerable.Range(0, count).Select(i => Transaction($"tx-{i}", $"acc-{i % 7}"))];

    private static BillingTransaction Transaction(string id, string account) => new()
    {
        Id = id, Account = account, Contract = "c-1", Number = 1,
        PeriodStart = DateTimeOffset.UnixEpoch, PeriodEnd = DateTimeOffset.UnixEpoch.AddMonths(1), Currency = "EUR", LegalEntity = "LE-1", BillTo = "CUST-1",
        State = TransactionState.Approved, Total = 1.5m,
        Lines =
        [
            new TransactionLine
            {
                Metric = "api.calls", Item = "SKU", Description = "API calls", Quantity = 3, Included = 0, Billable = 3, UnitPrice = 0.5m, Amount = 1.5m,
                Entries = 1, Digest = new byte[16],
            },
        ],
        Trace = new Trace(),
    };

    private static CrmSignal Signal(string id, string account, int number) => new()
    {
        Id = id, Account = account, CrmAccount = $"crm-{account}", AccountName = account, Time = DateTimeOffset.UnixEpoch, Trace = new Trace(),
        Body = number % 2 == 0
            ? new AccountHealth
            {
                Day = DateTimeOffset.UnixEpoch, Score = number, ActiveUsers = 1, LastUsage = DateTimeOffset.UnixEpoch,
                Usage = new Dictionary<string, decimal>(), PeriodToDate = new Dictionary<string, decimal>(),
            }
            : new LimitAlert { Metric = "api.calls", PeriodStart = DateTimeOffset.UnixEpoch, Percent = 80, Quantity = 8, Included = 10 },
    };
}
