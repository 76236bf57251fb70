using System.Security.Cryptography;
using UsageStreams.Model;
using UsageStreams.Sandbox;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sinks.Crm.Salesforce;

namespace UsageStreams.Sinks.Tests.Crm;

public sealed class SalesforceConnectorTests : ConnectorConformance<CrmSignal>
{
    private protected override string System => SandboxSystem.Salesforce;

    private protected override string ExternalIdOf(string id) => $"CRM-{id}";

    private protected override IConnector<CrmSignal> Create(SandboxFixture fixture, string? keyPath) => new SalesforceConnector(fixture.Salesforce(keyPath));

    private protected override Delivery<CrmSignal> Document(string id) => Documents.Deliver(Documents.Health(id, account: id));

    private protected override string WrongKeyPem()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    [Fact]
    public async Task Of_several_health_signals_of_an_account_the_latest_is_sent_and_all_are_accepted()
    {
        var outcomes = await SendAsync(Documents.Health("h-1", score: 40), Documents.Health("h-2", score: 70));
        outcomes[0].RemoteId.ShouldBe(outcomes[1].RemoteId);
        outcomes[0].IsAccepted.ShouldBeTrue();
        Server.Summary.Crm.ShouldSatisfyAllConditions(crm => crm.Creates.ShouldBe(1), crm => crm.Updates.ShouldBe(0));
        (await AccountAsync("CRM-acme")).ShouldContain("\"UB_Health_Score__c\":70");
    }

    [Fact]
    public async Task Health_fills_the_accounts_fields()
    {
        await SendAsync(Documents.Health("h-1", name: "Acme Corp"));
        var account = await AccountAsync("CRM-acme");
        account.ShouldSatisfyAllConditions(
            () => account.ShouldContain("\"Name\":\"Acme Corp\""),
            () => account.ShouldContain("\"UB_Last_Usage__c\":\"2026-07-01T05:00:00.000Z\""),
            () => account.ShouldContain("\"UB_Day_Usage__c\":\"api.calls 12; bytes.out 5.5\""),
            () => account.ShouldContain("\"UB_MTD_Api_Calls__c\":812"),
            () => account.ShouldContain("\"UB_Correlation_Id__c\":\"why-h-1\""));
    }

    [Fact]
    public async Task An_alert_is_a_task_of_an_account_that_is_made_when_missing()
    {
        var alert = (await SendAsync(Documents.Alert("a-1"))).ShouldHaveSingleItem();
        Server.Summary.Crm.Records.ShouldBe(new Dictionary<string, int> { ["Account"] = 1, ["Task"] = 1 }, ignoreOrder: true);
        alert.RemoteId.ShouldBe(Server.Summary.Records.Single(record => record.Object == "Task").RemoteId);
    }

    [Fact]
    public async Task An_alert_does_not_hide_a_health_signal_of_the_same_batch()
    {
        var outcomes = await SendAsync(Documents.Health("h-1", score: 40), Documents.Alert("a-1"), Documents.Health("h-2", account: "other"));
        outcomes.ShouldAllBe(outcome => outcome.IsAccepted);
        outcomes.Select(outcome => outcome.RemoteId).Distinct().Count().ShouldBe(3);
        (await AccountAsync("CRM-acme")).ShouldContain("\"UB_Health_Score__c\":40");
    }

    [Fact]
    public async Task An_alert_of_a_refused_account_is_refused_with_the_accounts_reason()
    {
        Server.Faults.Add(new SandboxFault { System = System, Kind = FaultKind.Refuse, ExternalId = "CRM-acme", Message = "No such customer.", Times = null });
        var outcomes = await SendAsync(Documents.Alert("a-1"), Documents.Alert("a-2", account: "other"));
        outcomes[0].Error.ShouldNotBeNull().ShouldContain("No such customer.");
        outcomes[1].IsAccepted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_full_batch_takes_two_calls()
    {
        var batch = Enumerable.Range(0, Connector.MaxBatch).Select(i => Documents.Deliver(Documents.Alert($"a-{i}", account: $"acc-{i}"))).ToList();
        var outcomes = await Connector.SendAsync(batch, Calls, Token);
        outcomes.ShouldAllBe(outcome => outcome.IsAccepted);
        Server.Summary.Crm.Records["Task"].ShouldBe(200);
        Calls.Value.ShouldBe(2);
    }

    [Fact]
    public void Wrong_options_are_told_at_once()
    {
        var options = new SalesforceOptions { LoginUrl = new Uri("/x", UriKind.Relative), ClientId = "", Username = "u", PrivateKeyPath = "nowhere.pem", ApiVersion = "45.0" };
        var message = Should.Throw<SinkStoppedException>(() => new SalesforceConnector(options)).Message;
        message.ShouldSatisfyAllConditions(
            () => message.ShouldContain("LoginUrl"), () => message.ShouldContain("ClientId"), () => message.ShouldContain("nowhere.pem"), () => message.ShouldContain("45.0"));
    }

    private async Task<IReadOnlyList<Outcome>> SendAsync(params CrmSignal[] signals) =>
        await Connector.SendAsync([.. signals.Select(Documents.Deliver)], Calls, Token);

    private async Task<string> AccountAsync(string externalId)
    {
        await Server.DisposeAsync();
        var journal = await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName(Server.Credentials.SalesforcePrivateKeyPath)!, "effects.jsonl"), Token);
        return journal.Last(line => line.Contains($"\"{externalId}\"", StringComparison.Ordinal));
    }
}
