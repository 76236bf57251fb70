using System.Net;
using UsageStreams.Sandbox.Faults;

namespace UsageStreams.Sandbox.Tests;

public sealed class FaultTests : SandboxTest
{
    [Fact]
    public async Task A_fault_ordered_over_http_happens_as_often_as_ordered()
    {
        await Client.SignInToNetSuiteAsync();
        using var ordered = await Client.PostAsync("sandbox/faults", """{"system":"netsuite","kind":"unavailable","times":2,"retryAfterSeconds":7}""");
        ordered.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var first = await Client.PutInvoiceAsync("UB-1", Invoice);
        using var second = await Client.PutInvoiceAsync("UB-1", Invoice);
        using var third = await Client.PutInvoiceAsync("UB-1", Invoice);
        first.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        first.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldBe(TimeSpan.FromSeconds(7));
        second.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        third.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_dropped_connection_leaves_its_effect()
    {
        await Client.SignInToNetSuiteAsync();
        Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.DropAfterEffect, ExternalId = "UB-1" });
        using var other = await Client.PutInvoiceAsync("UB-2", Invoice);
        await Should.ThrowAsync<HttpRequestException>(Client.PutInvoiceAsync("UB-1", Invoice));
        Server.Summary.Erp.Documents.ShouldBe(2);
    }

    [Fact]
    public async Task A_chance_is_the_same_for_the_same_seed()
    {
        await Client.SignInToNetSuiteAsync();
        var first = await FailuresAsync();
        Server.Faults.Clear();
        var second = await FailuresAsync();
        first.ShouldBe(second);
        first.Distinct().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"system":"sap","kind":"delay"}""", "sap")]
    [InlineData("""{"system":"netsuite","kind":"fire"}""", "kind")]
    [InlineData("""{"system":"netsuite","kind":"delay","probability":2}""", "probability")]
    [InlineData("""{"system":"netsuite","kind":"delay","tmes":2}""", "tmes")]
    [InlineData("null", "null")]
    public async Task A_fault_that_makes_no_sense_is_refused_with_the_reason(string order, string word)
    {
        using var answer = await Client.PostAsync("sandbox/faults", order);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Client.JsonAsync(answer))["error"]!.GetValue<string>().ShouldContain(word);
    }

    [Fact]
    public async Task The_summary_over_http_says_what_the_one_in_process_says()
    {
        await Client.SignInToNetSuiteAsync();
        using var put = await Client.PutInvoiceAsync("UB-1", Invoice);
        var summary = await Client.GetAsync("sandbox/summary");
        summary["erp"]!["documents"]!.GetValue<int>().ShouldBe(1);
        summary["erp"]!["total"]!.GetValue<decimal>().ShouldBe(1.5m);
        summary["records"]![0]!["creates"]!.GetValue<int>().ShouldBe(1);
    }

    private async Task<List<HttpStatusCode>> FailuresAsync()
    {
        Server.Faults.Add(new SandboxFault { System = SandboxSystem.NetSuite, Kind = FaultKind.ServerError, Times = null, Probability = 0.5, Seed = 42 });
        List<HttpStatusCode> statuses = [];
        for (var i = 0; i < 20; i++)
        {
            using var answer = await Client.PutInvoiceAsync("UB-1", Invoice, "?replace=item");
            statuses.Add(answer.StatusCode);
        }

        return statuses;
    }
}
