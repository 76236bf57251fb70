using System.Text;
using UsageStreams.Host.Import;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Import;

public sealed class AccessLogFormatTests
{
    private const string Good =
        """83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /presentations/a.png?q=1 HTTP/1.1" 200 203023 "http://e.org/" "Mozilla/5.0 (X11)" """;

    [Fact]
    public void A_line_becomes_an_event()
    {
        var usage = Read(Good, lineNumber: 7);

        usage.Id.ShouldBe("7");
        usage.Source.ShouldBe("web");
        usage.Type.ShouldBe("http.request");
        usage.Tenant.ShouldBe("83.149.9.216");
        usage.User.ShouldBe("Mozilla/5.0 (X11)");
        usage.Product.ShouldBe("web");
        usage.Time.ShouldBe(new DateTimeOffset(2015, 5, 17, 10, 5, 3, TimeSpan.Zero));
        usage.Quantity.ShouldBe(203023m);
        usage.CorrelationId.ShouldBeNull();
        usage.Properties.ShouldBe(
            new Dictionary<string, string> { ["status"] = "200", ["method"] = "GET", ["path"] = "/presentations/a.png", ["feature"] = "presentations" },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("17/May/2015:10:05:03 +0200", "2015-05-17T08:05:03Z")]
    [InlineData("01/Jan/2016:00:30:00 +0530", "2015-12-31T19:00:00Z")]
    [InlineData("31/Dec/2015:23:30:00 -0800", "2016-01-01T07:30:00Z")]
    [InlineData("30/Jun/2015:23:59:60 +0000", "2015-07-01T00:00:00Z")]
    public void Times_of_any_offset_become_UTC(string logged, string expected) =>
        Read(Good.Replace("17/May/2015:10:05:03 +0000", logged)).Time
            .ShouldBe(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void A_missing_size_is_no_quantity() => Read(Good.Replace(" 203023 ", " - ")).Quantity.ShouldBeNull();

    [Fact]
    public void A_size_of_zero_is_a_quantity() => Read(Good.Replace(" 203023 ", " 0 ")).Quantity.ShouldBe(0m);

    [Fact]
    public void An_escaped_quote_does_not_end_a_field()
    {
        var usage = Read("""1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a\"b/c HTTP/1.1" 200 5 "x\"y" "say \"hi\" \\" """);

        usage.User.ShouldBe("""say \"hi\" \\""");
        usage.Properties["feature"].ShouldBe("""a\"b""");
    }

    [Fact]
    public void A_line_cut_off_inside_its_agent_counts_with_what_it_has() =>
        Read("""1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (comp""").User.ShouldBe("Mozilla/5.0 (comp");

    [Fact]
    public void A_user_with_a_space_in_its_name_is_passed() =>
        Read("""1.2.3.4 - jane doe [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "m" """).Tenant.ShouldBe("1.2.3.4");

    [Fact]
    public void What_follows_the_agent_is_not_looked_at() => Read(Good + " 0.012 \"10.0.0.1\"").User.ShouldBe("Mozilla/5.0 (X11)");

    [Fact]
    public void An_empty_agent_is_no_user() =>
        Read("""1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "" """).User.ShouldBeNull();

    [Theory]
    [InlineData("GET / HTTP/1.1", "/", "/")]
    [InlineData("GET /?page=2 HTTP/1.1", "/", "/")]
    [InlineData("GET //x/y HTTP/1.0", "//x/y", "x")]
    [InlineData("GET /a HTTP/2.0", "/a", "a")]
    [InlineData("GET /a b HTTP/1.1", "/a b", "a b")]
    [InlineData("GET /a", "/a", "a")]
    [InlineData("GET http://example.org/b/c?d HTTP/1.1", "/b/c", "b")]
    [InlineData("OPTIONS * HTTP/1.1", "*", "*")]
    public void The_feature_is_the_first_segment_of_the_path(string request, string path, string feature)
    {
        var properties = Read(Good.Replace("GET /presentations/a.png?q=1 HTTP/1.1", request)).Properties;

        properties["path"].ShouldBe(path);
        properties["feature"].ShouldBe(feature);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("\\x16\\x03\\x01")]
    public void A_request_that_is_no_HTTP_still_counts(string request)
    {
        var properties = Read(Good.Replace("GET /presentations/a.png?q=1 HTTP/1.1", request)).Properties;

        properties.Keys.ShouldBe(["status"]);
    }

    [Theory]
    [InlineData("garbage", "no client address")]
    [InlineData("1.2.3.4 - - nothing", "no time")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000", "no time")]
    [InlineData("1.2.3.4 - - [17/Mai/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"m\"", "the time")]
    [InlineData("1.2.3.4 - - [31/Feb/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"m\"", "the time")]
    [InlineData("1.2.3.4 - - [17/May/2015:24:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"m\"", "the time")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000]", "no request")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HT", "no request")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\"", "no status")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 2x0 5 \"-\" \"m\"", "no status")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 20 5 \"-\" \"m\"", "no status")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200", "no size")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 -5 \"-\" \"m\"", "the size")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5x \"-\" \"m\"", "the size")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 99999999999999999999 \"-\" \"m\"", "the size")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"htt", "no referer")]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\"", "no user agent")]
    public void A_line_that_is_none_of_the_format_has_a_reason(string line, string expected)
    {
        new AccessLogFormat().TryRead(Encoding.UTF8.GetBytes(line), 1, "web", out _, out var reason).ShouldBeFalse();

        reason.ShouldStartWith(expected);
    }

    [Fact]
    public void No_beginning_of_a_line_and_no_changed_byte_of_it_throws()
    {
        var line = Encoding.UTF8.GetBytes(Good);
        var format = new AccessLogFormat();
        for (var length = 0; length < line.Length; length++)
        {
            var read = format.TryRead(line.AsSpan(0, length), 1, "web", out _, out var reason);
            read.ShouldBe(reason is null);
            foreach (var wrong in "\"\\[] \0\u00ff"u8)
            {
                var changed = (byte[])line.Clone();
                changed[length] = wrong;
                format.TryRead(changed, 1, "web", out _, out reason).ShouldBe(reason is null);
            }
        }
    }

    [Fact]
    public void Every_line_of_the_sample_is_an_event()
    {
        var survey = FileSurvey.Of(Samples.AccessLog, new AccessLogFormat(), "web", TestContext.Current.CancellationToken);

        survey.Lines.ShouldBe(10_000);
        survey.Events.ShouldBe(10_000);
        survey.Tenants.Count.ShouldBe(1_753);
        survey.CompleteUntil.ShouldBe(new DateTimeOffset(2015, 6, 2, 0, 0, 0, TimeSpan.Zero));
    }

    private static UsageEvent Read(string line, long lineNumber = 1)
    {
        new AccessLogFormat().TryRead(Encoding.UTF8.GetBytes(line), lineNumber, "web", out var imported, out var reason).ShouldBeTrue(reason);
        return imported.Event;
    }
}
