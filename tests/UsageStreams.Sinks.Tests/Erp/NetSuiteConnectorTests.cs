using System.Security.Cryptography;
using System.Text.Json.Nodes;
using UsageStreams.Model;
using UsageStreams.Sandbox;
using UsageStreams.Sinks.Erp.NetSuite;

namespace UsageStreams.Sinks.Tests.Erp;

public sealed class NetSuiteConnectorTests : ConnectorConformance<BillingTransaction>
{
    private protected override string System => SandboxSystem.NetSuite;

    private protected override string ExternalIdOf(string id) => id;

    private protected override IConnector<BillingTransaction> Create(SandboxFixture fixture, string? keyPath) => new NetSuiteConnector(fixture.NetSuite(keyPath));

    private protected override Delivery<BillingTransaction> Document(string id) => Documents.Deliver(Documents.Transaction(id));

    private protected override string WrongKeyPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    [Fact]
    public async Task The_same_transaction_again_has_its_lines_once()
    {
        await SendAsync("d-1");
        await SendAsync("d-1");
        Server.Summary.Erp.Total.ShouldBe(122.84m);
    }

    [Fact]
    public async Task An_unknown_customer_is_refused_by_name()
    {
        await using var fixture = await SandboxFixture.StartAsync(new HashSet<string> { "CUST-2" });
        using var connector = new NetSuiteConnector(fixture.NetSuite());
        var outcome = (await connector.SendAsync([Document("d-1")], Calls, Token)).ShouldHaveSingleItem();
        outcome.Error.ShouldNotBeNull();
        outcome.Error.ShouldContain("USER_ERROR");
        outcome.Error.ShouldContain("CUST-1");
    }

    [Fact]
    public async Task A_negative_total_is_a_credit_memo()
    {
        var credit = Documents.Transaction("d-2", amount: -22.84m, number: 2);
        await Connector.SendAsync([Documents.Deliver(Documents.Transaction("d-1"))], Calls, Token);
        (await Connector.SendAsync([Documents.Deliver(credit)], Calls, Token)).ShouldHaveSingleItem().IsAccepted.ShouldBeTrue();
        Record("d-2").Object.ShouldBe("creditMemo");
        Server.Summary.Erp.Total.ShouldBe(100m);
    }

    [Fact]
    public void A_document_says_periods_by_days_and_numbers_without_the_topics_zeros()
    {
        var body = JsonNode.Parse(new NetSuiteDocument(Documents.Transaction(), TimeZoneInfo.Utc).Body)!;
        body["startDate"]!.GetValue<string>().ShouldBe("2026-07-01");
        body["endDate"]!.GetValue<string>().ShouldBe("2026-07-31");
        body["tranDate"]!.GetValue<string>().ShouldBe("2026-07-31");
        body["entity"]!["externalId"]!.GetValue<string>().ShouldBe("CUST-1");
        body["subsidiary"]!["externalId"]!.GetValue<string>().ShouldBe("LE-1");
        var line = body["item"]!["items"]![0]!;
        line["quantity"]!.ToJsonString().ShouldBe("1234.567");
        line["rate"]!.ToJsonString().ShouldBe("0.0995");
        line["amount"]!.ToJsonString().ShouldBe("122.84");
    }

    [Fact]
    public void Days_are_those_of_the_subsidiarys_zone()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var start = new DateTimeOffset(2026, 6, 30, 22, 0, 0, TimeSpan.Zero);
        var transaction = Documents.Transaction() with { PeriodStart = start, PeriodEnd = new DateTimeOffset(2026, 7, 31, 22, 0, 0, TimeSpan.Zero) };
        var body = JsonNode.Parse(new NetSuiteDocument(transaction, berlin).Body)!;
        body["startDate"]!.GetValue<string>().ShouldBe("2026-07-01");
        body["endDate"]!.GetValue<string>().ShouldBe("2026-07-31");
    }

    [Fact]
    public void Wrong_options_are_told_at_once()
    {
        var options = new NetSuiteOptions
        {
            BaseUrl = new Uri("ftp://example.invalid/"), ClientId = "", CertificateId = "x", PrivateKeyPath = "nowhere.pem", Concurrency = 0, TimeZone = "Mars/North",
        };
        var message = Should.Throw<SinkStoppedException>(() => new NetSuiteConnector(options)).Message;
        message.ShouldSatisfyAllConditions(
            () => message.ShouldContain("BaseUrl"), () => message.ShouldContain("ClientId"), () => message.ShouldContain("nowhere.pem"),
            () => message.ShouldContain("Concurrency"), () => message.ShouldContain("Mars/North"));
    }
}
