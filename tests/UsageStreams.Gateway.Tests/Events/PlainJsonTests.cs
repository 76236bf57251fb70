using UsageStreams.Gateway.Tests.Support;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Gateway.Tests.Events;

public sealed class PlainJsonTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    [Fact]
    public async Task One_event_an_array_and_lines_are_taken_whole()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);
        var whole = Json.Plain("e1", "," + """
            "user":"u","workspace":"w","product":"p","quantity":9999999999999999999.999999999,"properties":{"a":"x","b":2,"c":true},"correlationId":"c","amends":"e0"
            """);

        (await gateway.SendAsync(whole, "application/json")).Status.ShouldBe(200);
        (await gateway.SendAsync($"[{Json.Plain("e2")},{Json.Plain("e3")}]", "application/json; charset=utf-8")).Status.ShouldBe(200);
        (await gateway.SendAsync($"{Json.Plain("e4")}\r\n\n  \n{Json.Plain("e5")}", "application/x-ndjson")).Results.Length.ShouldBe(2);

        var usage = gateway.OnTopic();
        usage.Select(static one => one.Id).ShouldBe(["e1", "e2", "e3", "e4", "e5"]);
        (usage[0].Source, usage[0].Type, usage[0].Tenant, usage[0].User, usage[0].Workspace, usage[0].Product, usage[0].Quantity, usage[0].CorrelationId, usage[0].Amends).ShouldBe(
            ("shop", "t", "acme", "u", "w", "p", 9999999999999999999.999999999m, "c", "e0"));
        usage[0].Time.ShouldBe(new DateTimeOffset(2026, 5, 17, 8, 5, 3, 250, TimeSpan.Zero));
        usage[0].Properties.ShouldBe(new Dictionary<string, string> { ["a"] = "x", ["b"] = "2", ["c"] = "true" }, ignoreOrder: true);
        usage[1].Product.ShouldBe("shop");
    }

    [Theory]
    [InlineData("7", "no-object")]
    [InlineData("{\"source\":\"s\",\"type\":\"t\",\"tenant\":\"a\",\"time\":\"2026-05-17T10:05:03Z\"}", "missing-id")]
    [InlineData("{\"id\":\"\",\"source\":\"s\",\"type\":\"t\",\"tenant\":\"a\",\"time\":\"2026-05-17T10:05:03Z\"}", "missing-id")]
    [InlineData("{\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"tenant\":\"a\"}", "missing-time")]
    [InlineData("{\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"tenant\":\"a\",\"time\":\"2026-05-17\"}", "invalid-time")]
    [InlineData("{\"id\":1,\"source\":\"s\",\"type\":\"t\",\"tenant\":\"a\",\"time\":\"2026-05-17T10:05:03Z\"}", "invalid-field")]
    [InlineData("{\"id\":\"\\ud800\",\"source\":\"s\",\"type\":\"t\",\"tenant\":\"a\",\"time\":\"2026-05-17T10:05:03Z\"}", "invalid-text")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\"}", "unknown-field")]
    [InlineData("{\"id\":\"1\",\"amount\":3}", "unknown-field")]
    public async Task An_event_that_makes_no_sense_is_refused_with_its_code(string json, string code)
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        var answer = await gateway.SendAsync(json, "application/json");

        answer.Status.ShouldBe(422);
        answer.Codes.ShouldBe([code]);
        answer.Results[0].GetProperty("text").GetString().ShouldNotBeNullOrEmpty();
        gateway.OnTopic().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(",\"quantity\":1e-10", "invalid-quantity")]
    [InlineData(",\"quantity\":true", "invalid-quantity")]
    [InlineData(",\"quantity\":-2", "negative-quantity")]
    [InlineData(",\"properties\":[1]", "invalid-properties")]
    [InlineData(",\"properties\":{\"a\":{}}", "invalid-properties")]
    [InlineData(",\"retracts\":\"e1\"", "withdraws-itself")]
    [InlineData(",\"retracts\":\"a\",\"amends\":\"b\"", "retracts-and-amends")]
    [InlineData(",\"user\":7", "invalid-field")]
    public async Task A_field_that_makes_no_sense_refuses_its_event_and_no_other(string field, string code)
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        var answer = await gateway.SendAsync($"[{Json.Plain("e0")},{Json.Plain("e1", field)}]", "application/json");

        answer.Status.ShouldBe(207);
        answer.Codes.ShouldBe([null, code]);
        (answer.Body.GetProperty("accepted").GetInt32(), answer.Body.GetProperty("refused").GetInt32(), answer.Body.GetProperty("unconfirmed").GetInt32()).ShouldBe((1, 1, 0));
        answer.RetryAfter.ShouldBeNull();
        gateway.OnTopic().ShouldHaveSingleItem().Id.ShouldBe("e0");
    }

    [Theory]
    [InlineData("{\"id\":")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{\"id\":\"a\",\"id\":\"b\"}")]
    public async Task A_body_that_is_no_JSON_is_refused_whole_and_a_line_alone(string body)
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        var answer = await gateway.SendAsync(body, "application/json");
        (answer.Status, answer.Code).ShouldBe((400, "invalid-json"));
        var lines = await gateway.SendAsync($"{Json.Plain("e1")}\n{body}\n", "application/x-ndjson");

        lines.Status.ShouldBe(body.Length == 0 ? 200 : 207);
        lines.Codes.ShouldBe(body.Length == 0 ? [null] : [null, "invalid-json"]);
    }
}
