using System.Text;
using UsageStreams.Host.Import;

namespace UsageStreams.Host.Tests.Import;

public sealed class CloudEventsFormatTests
{
    private const string Good =
        """
        {"specversion":"1.0","id":"e1","source":"/shop","type":"http.request","time":"2026-05-17T10:05:03.1234+02:00","subject":"acme",
        """;

    [Fact]
    public void An_event_is_mapped_whole()
    {
        var imported = Read(Good + """
            "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","correlationid":"c9","region":"eu","shard":4,
            "data":{"quantity":12.5,"user":"u1","workspace":"w1","product":"search","status":200,"cached":true,"region":"us","tags":["x"],"none":null}}
            """);

        var usage = imported.Event;
        (usage.Id, usage.Source, usage.Type, usage.Tenant).ShouldBe(("e1", "/shop", "http.request", "acme"));
        (usage.User, usage.Workspace, usage.Product, usage.CorrelationId).ShouldBe(("u1", "w1", "search", "c9"));
        usage.Time.ShouldBe(new DateTimeOffset(2026, 5, 17, 8, 5, 3, 123, TimeSpan.Zero));
        usage.Quantity.ShouldBe(12.5m);
        usage.Properties.ShouldBe(
            new Dictionary<string, string> { ["region"] = "us", ["shard"] = "4", ["status"] = "200", ["cached"] = "true" }, ignoreOrder: true);
        imported.Traceparent.ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    [Fact]
    public void The_extension_tenant_goes_before_the_subject()
    {
        var usage = Read(Good + "\"tenant\":\"globex\"}").Event;

        usage.Tenant.ShouldBe("globex");
        usage.Properties.ShouldBe(new Dictionary<string, string> { ["subject"] = "acme" });
        usage.Product.ShouldBe("import");
        usage.Quantity.ShouldBeNull();
    }

    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("\"0.000000001\"", "0.000000001")]
    [InlineData("1.50", "1.5")]
    [InlineData("25e-1", "2.5")]
    [InlineData("1e3", "1000")]
    [InlineData("-3", "-3")]
    [InlineData("9999999999999999999.999999999", "9999999999999999999.999999999")]
    public void A_quantity_is_held_exactly(string json, string expected) =>
        Read(Good + "\"data\":{\"quantity\":" + json + "}}").Event.Quantity
            .ShouldBe(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("0.0000000001")]
    [InlineData("10000000000000000000")]
    [InlineData("1.00000000000000000000000000001")]
    [InlineData("1e400")]
    [InlineData("\"many\"")]
    [InlineData("true")]
    [InlineData("{}")]
    public void A_quantity_that_can_not_be_held_exactly_is_refused(string json) =>
        Reason(Good + "\"data\":{\"quantity\":" + json + "}}").ShouldStartWith("'data.quantity'");

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("nonsense", "no JSON")]
    [InlineData("{\"id\":", "no JSON")]
    [InlineData("{} {}", "no JSON")]
    [InlineData("[1]", "the line is JSON, but no object")]
    [InlineData("{\"id\":\"1\"}", "'specversion'")]
    [InlineData("{\"specversion\":\"0.3\",\"id\":\"1\"}", "'specversion'")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"\"}", "'id'")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":null}", "'source'")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\"}", "'type'")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}", "'time'")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"time\":\"2026-05-17T10:05:03Z\"}", "no tenant")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"a\",\"time\":\"2026-05-17T10:05:03\"}", "'time' is no RFC 3339")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"a\",\"time\":\"yesterday\"}", "'time' is no RFC 3339")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"\\ud800\"}", "a text in the JSON")]
    public void A_line_that_is_no_event_has_a_reason(string line, string expected) => Reason(line).ShouldStartWith(expected);

    [Fact]
    public void Bytes_that_are_no_UTF_8_have_a_reason()
    {
        byte[] line = [.. "{\"specversion\":\"1.0\",\"id\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        new CloudEventsFormat().TryRead(line, 1, "import", out _, out var reason).ShouldBeFalse();
        reason.ShouldNotBeEmpty();
    }

    private static ImportedEvent Read(string line)
    {
        new CloudEventsFormat().TryRead(Encoding.UTF8.GetBytes(line), 1, "import", out var imported, out var reason).ShouldBeTrue(reason);
        return imported;
    }

    private static string Reason(string line)
    {
        new CloudEventsFormat().TryRead(Encoding.UTF8.GetBytes(line), 1, "import", out _, out var reason).ShouldBeFalse();
        return reason.ShouldNotBeNull();
    }
}
