using System.Net;
using UsageStreams.Sandbox.Faults;

namespace UsageStreams.Sandbox.Tests;

public sealed class NetSuiteTests : SandboxTest
{
    private protected override SandboxOptions Options => new() { DataDirectory = Folder, TimeProvider = Clock, KnownCustomers = new HashSet<string> { "CUST-1" } };

    [Fact]
    public async Task A_put_by_external_id_creates_once_and_updates_after()
    {
        await Client.SignInToNetSuiteAsync();
        using var first = await Client.PutInvoiceAsync("UB-1", Invoice, "?replace=item");
        using var second = await Client.PutInvoiceAsync("UB-1", Invoice, "?replace=item");

        first.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        first.Headers.Location.ShouldNotBeNull().ToString().ShouldEndWith($"/invoice/{(await Client.GetInvoiceAsync("UB-1"))["id"]}");
        second.Headers.Location.ShouldBeNull();
        Server.Summary.Records.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            record => record.Creates.ShouldBe(1), record => record.Updates.ShouldBe(1));
        Server.Summary.Erp.Total.ShouldBe(1.5m);
    }

    [Fact]
    public async Task Lines_are_appended_unless_they_are_replaced()
    {
        await Client.SignInToNetSuiteAsync();
        using var first = await Client.PutInvoiceAsync("UB-1", Invoice);
        using var second = await Client.PutInvoiceAsync("UB-1", Invoice);
        Server.Summary.Erp.Total.ShouldBe(3m);
        using var third = await Client.PutInvoiceAsync("UB-1", Invoice, "?replace=item");
        Server.Summary.Erp.Total.ShouldBe(1.5m);
    }

    [Fact]
    public async Task A_post_of_a_known_external_id_is_refused()
    {
        await Client.SignInToNetSuiteAsync();
        var body = Invoice.Replace("{\"entity\"", "{\"externalId\":\"UB-1\",\"entity\"", StringComparison.Ordinal);
        using var first = await Client.PostInvoiceAsync(body);
        using var second = await Client.PostInvoiceAsync(body);
        first.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await ShouldFailAsync(second, HttpStatusCode.BadRequest, "USER_ERROR", "already exists");
    }

    [Fact]
    public async Task An_unknown_property_is_dropped_or_refused_as_the_caller_asks()
    {
        await Client.SignInToNetSuiteAsync();
        var body = Invoice.Replace("tranDate", "transactionDate", StringComparison.Ordinal);
        using var lax = await Client.PutInvoiceAsync("UB-1", body);
        using var strict = await Client.PutInvoiceAsync("UB-2", body, strict: true);
        (await Client.GetInvoiceAsync("UB-1")).ContainsKey("transactionDate").ShouldBeFalse();
        await ShouldFailAsync(strict, HttpStatusCode.BadRequest, "NONEXISTENT_FIELD", "transactionDate");
        Server.Summary.Erp.Documents.ShouldBe(1);
    }

    [Theory]
    [InlineData("CUST-1", "CUST-9", "entity")]
    [InlineData("2026-07-31", "31.7.2026", "tranDate")]
    [InlineData("\"amount\":1.5", "\"amount\":\"much\"", "amount")]
    public async Task A_wrong_value_is_refused_by_the_name_of_its_field(string right, string wrong, string field)
    {
        await Client.SignInToNetSuiteAsync();
        using var answer = await Client.PutInvoiceAsync("UB-1", Invoice.Replace(right, wrong, StringComparison.Ordinal));
        await ShouldFailAsync(answer, HttpStatusCode.BadRequest, "USER_ERROR", field);
        Server.Summary.Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credit_memo_takes_its_total_off()
    {
        await Client.SignInToNetSuiteAsync();
        using var invoice = await Client.PutInvoiceAsync("UB-1", Invoice);
        using var memo = await Client.PutInvoiceAsync("UB-1", Invoice.Replace("\"amount\":1.5", "\"amount\":0.25", StringComparison.Ordinal), recordType: "creditMemo");
        Server.Summary.Erp.Documents.ShouldBe(2);
        Server.Summary.Erp.Total.ShouldBe(1.25m);
    }

    [Fact]
    public async Task Too_many_requests_at_once_are_blocked()
    {
        await Client.SignInToNetSuiteAsync();
        Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.Delay, DelayMilliseconds = 60_000, Times = 5 });
        var slow = Enumerable.Range(0, 5).Select(i => Client.PutInvoiceAsync($"SLOW-{i}", Invoice)).ToList();
        using var blocked = await FirstBlockedAsync();
        await ShouldFailAsync(blocked, HttpStatusCode.TooManyRequests, "CONCURRENCY_LIMIT_EXCEEDED", "limit exceeded");
        slow.ShouldAllBe(call => !call.IsCompleted);
    }

    // The slow calls are under way when all of them have been counted.
    private async Task<HttpResponseMessage> FirstBlockedAsync()
    {
        while (Server.Summary.Erp.Calls < 5) await Task.Delay(5, TestContext.Current.CancellationToken);
        return await Client.PutInvoiceAsync("UB-1", Invoice);
    }

    [Fact]
    public async Task A_token_ends_with_its_lifetime()
    {
        await Client.SignInToNetSuiteAsync();
        Clock.Now += TimeSpan.FromMinutes(59);
        using var still = await Client.PutInvoiceAsync("UB-1", Invoice);
        Clock.Now += TimeSpan.FromMinutes(1);
        using var late = await Client.PutInvoiceAsync("UB-2", Invoice);
        still.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await ShouldFailAsync(late, HttpStatusCode.Unauthorized, "INVALID_LOGIN", "Invalid login attempt");
    }

    private static async Task ShouldFailAsync(HttpResponseMessage answer, HttpStatusCode status, string code, string words)
    {
        answer.StatusCode.ShouldBe(status);
        var detail = (await Client.JsonAsync(answer))["o:errorDetails"]![0]!;
        detail["o:errorCode"]!.GetValue<string>().ShouldBe(code);
        detail["detail"]!.GetValue<string>().ShouldContain(words);
    }
}
