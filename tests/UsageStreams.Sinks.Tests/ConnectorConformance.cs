using System.Security.Cryptography;
using UsageStreams.Sandbox;
using UsageStreams.Sandbox.Faults;

namespace UsageStreams.Sinks.Tests;

/// <summary>What every connector must do, whatever its system. A connector's tests inherit it.</summary>
/// <typeparam name="TDocument">What it delivers.</typeparam>
public abstract class ConnectorConformance<TDocument> : IAsyncLifetime
{
    private SandboxFixture _fixture = null!;

    private protected SandboxServer Server => _fixture.Server;

    private protected SandboxFixture Fixture => _fixture;

    private protected IConnector<TDocument> Connector { get; private set; } = null!;

    private protected CallCount Calls { get; } = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract string System { get; }

    /// <summary>The record that a document of this id ends in.</summary>
    private protected abstract string ExternalIdOf(string id);

    private protected abstract IConnector<TDocument> Create(SandboxFixture fixture, string? keyPath);

    private protected abstract Delivery<TDocument> Document(string id);

    private protected abstract string WrongKeyPem();

    public async ValueTask InitializeAsync()
    {
        _fixture = await SandboxFixture.StartAsync();
        Connector = Create(_fixture, keyPath: null);
    }

    public async ValueTask DisposeAsync()
    {
        Connector.Dispose();
        await _fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_document_becomes_a_record_with_the_id_told()
    {
        var outcome = await SendAsync("d-1");
        outcome.RemoteId.ShouldBe(Record("d-1").RemoteId);
        outcome.PayloadHash.Length.ShouldBe(64);
        Calls.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_same_document_again_is_the_same_record_with_the_same_hash()
    {
        var first = await SendAsync("d-1");
        var second = await SendAsync("d-1");
        second.ShouldBe(first);
        Record("d-1").Creates.ShouldBe(1);
        Record("d-1").Updates.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_dropped_after_the_effect_leaves_one_record()
    {
        await Connector.SignInAsync(Token);
        Order(FaultKind.DropAfterEffect);
        await Should.ThrowAsync<TransientSinkException>(SendAsync("d-1"));
        var outcome = await SendAsync("d-1");
        outcome.RemoteId.ShouldBe(Record("d-1").RemoteId);
        Record("d-1").Creates.ShouldBe(1);
    }

    [Fact]
    public async Task Too_many_requests_is_throttling()
    {
        Order(FaultKind.TooManyRequests);
        var error = await Should.ThrowAsync<TransientSinkException>(SendAsync("d-1"));
        error.IsThrottled.ShouldBeTrue();
        Server.Summary.Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unavailable_system_says_when_to_come_back()
    {
        Server.Faults.Add(new SandboxFault { System = System, Kind = FaultKind.Unavailable, RetryAfterSeconds = 17 });
        var error = await Should.ThrowAsync<TransientSinkException>(SendAsync("d-1"));
        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
        error.IsThrottled.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_error_may_pass()
    {
        Order(FaultKind.ServerError);
        await Should.ThrowAsync<TransientSinkException>(SendAsync("d-1"));
        (await SendAsync("d-1")).IsAccepted.ShouldBeTrue();
    }

    [Fact]
    public async Task An_expired_token_is_renewed_once_without_notice()
    {
        await SendAsync("d-1");
        Order(FaultKind.ExpiredToken);
        (await SendAsync("d-2")).IsAccepted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_fresh_token_that_is_refused_too_stops_the_sink()
    {
        Order(FaultKind.ExpiredToken, times: 2);
        await Should.ThrowAsync<SinkStoppedException>(SendAsync("d-1"));
    }

    [Fact]
    public async Task A_refused_document_has_the_systems_words()
    {
        Server.Faults.Add(new SandboxFault { System = System, Kind = FaultKind.Refuse, ExternalId = ExternalIdOf("d-1"), Message = "Period is closed." });
        var refused = await SendAsync("d-1");
        refused.IsAccepted.ShouldBeFalse();
        refused.Error.ShouldNotBeNull().ShouldContain("Period is closed.");
        (await SendAsync("d-2")).IsAccepted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_key_stops_the_sink_and_no_secret_is_told()
    {
        var path = Path.GetTempFileName();
        try
        {
            var pem = WrongKeyPem();
            await File.WriteAllTextAsync(path, pem, Token);
            using var stranger = Create(_fixture, path);
            var error = await Should.ThrowAsync<SinkStoppedException>(stranger.SignInAsync(Token));
            error.Message.ShouldContain(System);
            error.ToString().ShouldNotContain(pem.Split('\n')[1]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_key_file_that_holds_no_key_is_named()
    {
        var path = Path.GetTempFileName();
        try
        {
            Should.Throw<SinkStoppedException>(() => Create(_fixture, path)).Message.ShouldContain(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_system_that_is_not_there_may_come_back()
    {
        await Server.DisposeAsync();
        await Should.ThrowAsync<TransientSinkException>(Connector.SignInAsync(Token));
    }

    [Fact]
    public void Limits_are_positive_and_the_system_has_its_name()
    {
        Connector.MaxBatch.ShouldBeGreaterThan(0);
        Connector.MaxConcurrency.ShouldBeGreaterThan(0);
        Connector.System.ShouldBe(System);
    }

    private protected async Task<Outcome> SendAsync(string id) => (await Connector.SendAsync([Document(id)], Calls, Token)).ShouldHaveSingleItem();

    private protected RecordSummary Record(string id) => Server.Summary.Records.Single(record => record.ExternalId == ExternalIdOf(id));

    private void Order(FaultKind kind, int times = 1) => Server.Faults.Add(new SandboxFault { System = System, Kind = kind, Times = times });
}
