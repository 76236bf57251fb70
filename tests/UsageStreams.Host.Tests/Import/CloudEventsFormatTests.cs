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
    [InlineData("[1]", "the event is JSON, but no object")]
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
    public void An_event_says_which_other_one_it_takes_back()
    {
        Read(Good + "\"retracts\":\"e0\"}").Event.Retracts.ShouldBe("e0");
        var amending = Read(Good + "\"amends\":\"e0\",\"data\":{\"quantity\":2}}").Event;

        (amending.Amends, amending.Retracts, amending.Quantity).ShouldBe(("e0", null, 2m));
        amending.Properties.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"datacontenttype\":\"application/json\",\"data_base64\":\"eyJxdWFudGl0eSI6NX0=\"", "5")]
    [InlineData("\"data_base64\":\"eyJxdWFudGl0eSI6NX0=\"", null)]
    [InlineData("\"datacontenttype\":\"text/plain\",\"data_base64\":\"eyJxdWFudGl0eSI6NX0=\"", null)]
    [InlineData("\"datacontenttype\":\"application/json\",\"data\":\"{\\\"quantity\\\":5}\"", null)]
    public void Binary_data_is_read_where_it_is_said_to_be_JSON_and_a_string_is_not_read_again(string data, string? quantity) =>
        (Read(Good + data + "}").Event.Quantity?.ToString(System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(quantity);

    [Theory]
    [InlineData("\"data\":{},\"data_base64\":\"e30=\"", "'data' and 'data_base64'")]
    [InlineData("\"data_base64\":\"*\"", "'data_base64' is no Base64")]
    [InlineData("\"data_base64\":7", "'data_base64' is no Base64")]
    [InlineData("\"datacontenttype\":\"a/b+json\",\"data_base64\":\"/w==\"", "'datacontenttype' says")]
    public void Data_that_contradicts_itself_has_a_reason(string data, string expected) => Reason(Good + data + "}").ShouldStartWith(expected);

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
