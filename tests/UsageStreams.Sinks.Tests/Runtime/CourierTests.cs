using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Model;
using UsageStreams.Sandbox;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sinks.Erp.NetSuite;
using UsageStreams.Sinks.Runtime;

namespace UsageStreams.Sinks.Tests.Runtime;

public sealed class CourierTests : IAsyncLifetime
{
    private SandboxFixture _fixture = null!;
    private NetSuiteConnector _connector = null!;
    private Courier<BillingTransaction> _courier = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fixture = await SandboxFixture.StartAsync();
        _connector = new NetSuiteConnector(_fixture.NetSuite());
        var options = new SinkWorkerOptions
        {
            Topic = "t", ReceiptsTopic = "r", GroupId = "g", RetryDelay = TimeSpan.FromMilliseconds(5), MaxRetryDelay = TimeSpan.FromMilliseconds(20),
            BreakDuration = TimeSpan.FromMilliseconds(500),
        };
        _courier = new Courier<BillingTransaction>(_connector, options, TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _connector.Dispose();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_storm_of_faults_ends_in_one_record_per_document()
    {
        Order(FaultKind.TooManyRequests, 0.3);
        Order(FaultKind.ServerError, 0.1);
        Order(FaultKind.DropAfterEffect, 0.1);
        var parcels = Parcels(40);
        await _courier.DeliverAsync(parcels, Token);
        parcels.ShouldAllBe(parcel => parcel.Outcome!.IsAccepted);
        parcels.Sum(parcel => parcel.Calls).ShouldBeGreaterThan(40);
        _fixture.Server.Summary.Records.Count.ShouldBe(40);
        _fixture.Server.Summary.Records.ShouldAllBe(record => record.Creates == 1);
        _fixture.Server.Summary.Erp.Total.ShouldBe(40 * 122.84m);
    }

    [Fact]
    public async Task A_refused_document_holds_up_no_other()
    {
        _fixture.Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.Refuse, ExternalId = "tx-3", Times = null });
        var parcels = Parcels(10);
        await _courier.DeliverAsync(parcels, Token);
        parcels.Where(parcel => !parcel.Outcome!.IsAccepted).Select(parcel => parcel.Delivery.Id).ShouldBe(["tx-3"]);
    }

    [Fact]
    public async Task A_system_that_is_down_is_waited_for()
    {
        _fixture.Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.Unavailable, RetryAfterSeconds = 0, Times = null });
        var parcels = Parcels(20);
        var delivering = _courier.DeliverAsync(parcels, Token);
        while (_fixture.Server.Summary.Erp.Calls < 8) await Task.Delay(5, Token);
        delivering.IsCompleted.ShouldBeFalse();
        _fixture.Server.Faults.Clear();
        await delivering;
        parcels.ShouldAllBe(parcel => parcel.Outcome!.IsAccepted);
    }

    [Fact]
    public async Task A_retry_after_is_waited_for()
    {
        _fixture.Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.Unavailable, RetryAfterSeconds = 1 });
        var started = TimeProvider.System.GetTimestamp();
        await _courier.DeliverAsync(Parcels(1), Token);
        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(950));
    }

    [Fact]
    public async Task What_stays_wrong_is_told_and_ends_the_delivery_of_all()
    {
        _fixture.Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.ExpiredToken, Times = null });
        var error = await Should.ThrowAsync<SinkStoppedException>(_courier.DeliverAsync(Parcels(10), Token));
        error.Message.ShouldContain("INVALID_LOGIN");
    }

    [Fact]
    public async Task A_delivery_that_is_given_up_ends_by_cancellation()
    {
        _fixture.Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.ServerError, Times = null });
        using var givenUp = new CancellationTokenSource();
        var delivering = _courier.DeliverAsync(Parcels(3), givenUp.Token);
        await givenUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(delivering);
    }

    private void Order(FaultKind kind, double probability) =>
        _fixture.Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = kind, Probability = probability, Seed = 7, Times = null });

    private static List<Parcel<BillingTransaction>> Parcels(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Parcel<BillingTransaction>(Documents.Deliver(Documents.Transaction($"tx-{i}", $"acc-{i % 7}"))))];
}
