using UsageStreams.Gateway.Tests.Support;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Gateway.Tests.Events;

public sealed class CloudEventsTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json; charset=utf-8";

    // The examples of the JSON format's specification, 1.0.2, with the time that usage needs and that some of them leave out.
    private const string SpecExample = """
        {
            "specversion" : "1.0", "type" : "com.github.pull_request.opened", "source" : "https://github.com/cloudevents/spec/pull", "subject" : "123",
            "id" : "A234-1234-1234", "time" : "2018-04-05T17:31:00Z", "comexampleextension1" : "value", "comexampleothervalue" : 5,
            "datacontenttype" : "text/xml", "data" : "<much wow=\"xml\"/>"
        }
        """;

    private const string SpecBinaryData = """
        {
            "specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "subject": "acme", "id" : "C234-1234-1234", "time" : "2018-04-05T17:31:00Z",
            "comexampleextension1" : "value", "comexampleothervalue" : 5, "unsetextension": null, "datacontenttype" : "application/vnd.apache.thrift.binary", "data_base64" : "AAEC"
        }
        """;

    [Fact]
    public async Task The_specification_s_examples_are_taken_in_structured_mode()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        var answer = await gateway.SendAsync(SpecExample, Structured + "; charset=UTF-8");
        (await gateway.SendAsync(SpecBinaryData, Structured)).Status.ShouldBe(200);

        answer.Status.ShouldBe(200);
        (answer.Results[0].GetProperty("id").GetString(), answer.Results[0].GetProperty("topic").GetString(), answer.Results[0].GetProperty("offset").GetInt64()).ShouldBe(("A234-1234-1234", gateway.Topic, 0));
        var usage = gateway.OnTopic();
        (usage[0].Id, usage[0].Source, usage[0].Type, usage[0].Tenant, usage[0].Quantity).ShouldBe(
            ("A234-1234-1234", "https://github.com/cloudevents/spec/pull", "com.github.pull_request.opened", "123", null));
        usage[0].Time.ShouldBe(new DateTimeOffset(2018, 4, 5, 17, 31, 0, TimeSpan.Zero));
        usage[0].Properties.ShouldBe(new Dictionary<string, string> { ["comexampleextension1"] = "value", ["comexampleothervalue"] = "5" }, ignoreOrder: true);
        usage[1].Properties.ShouldBe(usage[0].Properties, ignoreOrder: true);
    }

    [Fact]
    public async Task A_batch_has_a_result_for_each_event_in_its_order()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        var answer = await gateway.SendAsync($"[{SpecExample}, 7, {SpecExample.Replace("A234", "B234").Replace("\"1.0\"", "\"0.3\"")}, {SpecBinaryData}]", Batch);

        answer.Status.ShouldBe(207);
        answer.Statuses.ShouldBe(["accepted", "refused", "refused", "accepted"]);
        answer.Codes.ShouldBe([null, "no-object", "unknown-specversion", null]);
        answer.Results.Select(static result => result.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2, 3]);
        answer.Results[2].GetProperty("id").GetString().ShouldBe("B234-1234-1234");
        gateway.OnTopic().Select(static usage => usage.Id).ShouldBe(["A234-1234-1234", "C234-1234-1234"]);
        var empty = await gateway.SendAsync("[]", Batch);
        (empty.Status, empty.Results.Length).ShouldBe((200, 0));
        (await gateway.SendAsync(SpecExample, Batch)).Code.ShouldBe("no-array");
    }

    [Fact]
    public async Task Binary_mode_takes_the_attributes_from_headers_percent_decoded_and_the_data_as_it_is()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        var answer = await gateway.SendAsync(
            """{"quantity":"0.000000001","user":"ü-😀","tags":[1],"region":"us"}""", "application/json; charset=utf-8",
            ("ce-specversion", "1.0"), ("ce-id", "%C3%BC%20%22%25%22"), ("CE-Source", "/caf%c3%a9"), ("ce-type", "\"quoted \\\"type\\\"\""), ("ce-time", "2026-05-17T10:05:03.25+02:00"),
            ("ce-tenant", "Euro%20%E2%82%AC%20%F0%9F%98%80"), ("ce-subject", "100%"), ("ce-region", "eu"), ("ce-shard", "4"), ("ce-correlationid", "c1"),
            ("ce-traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("ce-retracts", "e0"));

        answer.Status.ShouldBe(200, answer.Body.ToString());
        var usage = gateway.OnTopic().ShouldHaveSingleItem();
        (usage.Id, usage.Source, usage.Type, usage.Tenant).ShouldBe(("ü \"%\"", "/café", "quoted \"type\"", "Euro € 😀"));
        (usage.Quantity, usage.User, usage.CorrelationId, usage.Retracts, usage.Product).ShouldBe((0.000000001m, "ü-😀", "c1", "e0", "/café"));
        usage.Properties.ShouldBe(new Dictionary<string, string> { ["subject"] = "100%", ["region"] = "us", ["shard"] = "4" }, ignoreOrder: true);
        TestKafka.Header(kafka.Read(gateway.Topic).Single(), "traceparent").ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    [Theory]
    [InlineData("<x/>", "text/xml", null, "accepted")]
    [InlineData("", null, null, "accepted")]
    [InlineData("{\"quantity\":5}", null, null, "accepted")]
    [InlineData("{\"quantity\":5}", "application/vnd.shop.order+json", 5, "accepted")]
    [InlineData("7", "application/json", null, "accepted")]
    [InlineData("{\"quantity\":", "application/json", null, "invalid-data")]
    [InlineData("{\"quantity\":1e-10}", "application/json", null, "invalid-quantity")]
    [InlineData("{\"quantity\":-1}", "application/json", null, "negative-quantity")]
    public async Task Binary_data_counts_where_its_content_type_says_that_it_is_JSON(string data, string? type, int? quantity, string outcome)
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        var answer = await gateway.SendAsync(data, type, ("ce-specversion", "1.0"), ("ce-id", "e1"), ("ce-source", "s"), ("ce-type", "t"), ("ce-time", "2026-05-17T10:05:03Z"), ("ce-subject", "acme"));

        (answer.Codes[0] ?? answer.Statuses[0]).ShouldBe(outcome);
        answer.Status.ShouldBe(outcome == "accepted" ? 200 : 422);
        (gateway.OnTopic().SingleOrDefault()?.Quantity).ShouldBe(quantity);
    }

    [Theory]
    [InlineData("ce-id", "%C3%28", "invalid-text")]
    [InlineData("ce-id", "\"open", "invalid-text")]
    [InlineData("ce-id", "", "missing-id")]
    [InlineData("ce-time", "yesterday", "invalid-time")]
    [InlineData("ce-specversion", "2.0", "unknown-specversion")]
    public async Task An_attribute_that_makes_no_sense_refuses_the_event_with_its_code(string name, string value, string code)
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);
        var headers = new Dictionary<string, string>
        {
            ["ce-specversion"] = "1.0", ["ce-id"] = "e1", ["ce-source"] = "s", ["ce-type"] = "t", ["ce-time"] = "2026-05-17T10:05:03Z", ["ce-tenant"] = "acme", [name] = value,
        };

        var answer = await gateway.SendAsync("", null, [.. headers.Select(static header => (header.Key, header.Value))]);

        answer.Status.ShouldBe(422);
        answer.Codes.ShouldBe([code]);
        gateway.OnTopic().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("application/cloudevents+avro")]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("not a type")]
    [InlineData(null)]
    public async Task A_content_type_that_is_not_taken_is_told_with_those_that_are(string? type)
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        var answer = await gateway.SendAsync(SpecExample, type);

        (answer.Status, answer.Type, answer.Code).ShouldBe((415, "application/problem+json", "unsupported-media-type"));
        answer.Detail.ShouldContain("application/cloudevents-batch+json");
        (await gateway.SendAsync(SpecExample, Structured, ("X", "y"))).Status.ShouldBe(200);
    }
}
