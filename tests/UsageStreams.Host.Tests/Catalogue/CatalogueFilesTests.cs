using UsageStreams.Host.Catalogue;
using UsageStreams.Host.Reference;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Catalogue;

public sealed class CatalogueFilesTests
{
    [Fact]
    public void Every_field_of_a_version_is_read()
    {
        var metric = CatalogueTexts.Metrics("""
            metric: cpu.average
            versions:
              - version: 3
                from: 2026-01-01T06:00Z
                to: 2026-02-01
                description: Load of the machines.
                owner: platform
                events: [gauge, "gauge v2"]
                filter: >
                  region in ("eu", "us")
                  and   not feature = "beta"
                aggregation: timeWeighted
                value: properties."cpu load"
                unit: core
                window: hour
                grace: 1h
                lateness: 1d12h
                rounding: { digits: 2, mode: halfEven }
                audience: health
            """).ShouldHaveSingleItem();

        metric.ShouldBe(new Metric
        {
            Code = "cpu.average", Version = 3, From = new(2026, 1, 1, 6, 0, 0, TimeSpan.Zero), To = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero),
            Description = "Load of the machines.", Owner = "platform", EventTypes = metric.EventTypes, Filter = "region in (\"eu\", \"us\") and not feature = \"beta\"",
            Aggregation = Aggregation.TimeWeighted, Value = "properties.\"cpu load\"", Unit = "core", Window = MetricWindow.Hour, GraceMillis = 3_600_000,
            LatenessMillis = 129_600_000, Rounding = new QuantityRounding { Digits = 2, Mode = RoundingMode.HalfEven }, Audience = Audience.Health,
        });
        metric.EventTypes.ShouldBe(["gauge", "gauge v2"]);
        new MetricRule(metric).Code.ShouldBe("cpu.average");
    }

    [Theory]
    [InlineData("colour: red", 13, "unknown key 'colour'")]
    [InlineData("filter: status >> 1", 13, "column 9: expected a literal, found '>'")]
    [InlineData("version: 0", 3, "a whole number from 1")]
    [InlineData("version: -", 3, "'version' is missing")]
    [InlineData("from: 2026-13-01", 4, "a date or instant in UTC")]
    [InlineData("from: 2026-01-01T00:00+02:00", 4, "a date or instant in UTC")]
    [InlineData("from: 2026-01-01T00:30Z", 4, "in the middle of a window")]
    [InlineData("to: 1999-01-01", 13, "a version ends after it starts")]
    [InlineData("to: 2030-01-01T00:00:01Z", 13, "in the middle of a window")]
    [InlineData("owner: ''", 6, "'owner' must be a text that is not empty")]
    [InlineData("description: -", 3, "'description' is missing")]
    [InlineData("events: []", 7, "a list with at least one text")]
    [InlineData("events: http.request", 7, "a list with at least one text")]
    [InlineData("events: [a, a]", 7, "holds 'a' twice")]
    [InlineData("aggregation: average", 8, "one of sum, count, unique, max, min, last, timeWeighted")]
    [InlineData("aggregation: unique", 3, "unique can't aggregate quantity")]
    [InlineData("value: status", 13, "a property needs 'properties.'")]
    [InlineData("window: week", 10, "one of hour, day")]
    [InlineData("grace: 10", 11, "a duration such as 10m")]
    [InlineData("grace: 2h", 11, "'grace' is 2h, more than 1h")]
    [InlineData("lateness: 45d", 12, "more than 44d23h")]
    [InlineData("lateness: 5m", 11, "'grace' is 10m, longer than 'lateness' (5m)")]
    [InlineData("rounding: 2", 13, "'rounding' must have fields")]
    [InlineData("rounding: { digits: 10, mode: up }", 13, "a whole number from 0 to 9")]
    [InlineData("rounding: { digits: 1, mode: up, base: 3 }", 13, "unknown key 'base'")]
    [InlineData("audience: everyone", 13, "one of billing, health, both")]
    public void A_fault_is_told_with_its_line(string fields, int line, string expected)
    {
        var fault = CatalogueTexts.Read(CatalogueTexts.File("api.calls", fields)).Faults.ShouldHaveSingleItem();

        fault.ToString().ShouldContain(expected);
        (fault.File, fault.Line, fault.IsNote).ShouldBe(("file1.yaml", line, false));
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var files = CatalogueTexts.Read(CatalogueTexts.File("a/b", "window: week\nunit: -"), "metric: c", "- a list", "metric: [", CatalogueTexts.File("d") + "metric: e\n");

        files.Faults.Select(static fault => fault.ToString()).ShouldBe(
            [
                "file1.yaml:1: 'a/b' is no metric code: letters, digits, '.', '-' and '_', at most 100",
                "file1.yaml:3: 'unit' is missing; add it",
                "file1.yaml:9: 'window' is 'week', expected one of hour, day",
                "file2.yaml:1: 'versions' must be a list with at least one entry; each starts with '-'",
                "file3.yaml:1: a file describes one metric: 'metric' and 'versions' at the top, in one YAML document",
                "file4.yaml:2: this is no YAML: While parsing a node, did not find expected node content.",
                "file5.yaml:3: this is no YAML: Duplicate key metric",
            ]);
    }

    [Theory]
    [InlineData("", "from: 2000-01-01", 14, "version numbers grow with time")]
    [InlineData("to: 2001-06-01", "", 15, "it overlaps version 1, which holds until 2001-06-01")]
    [InlineData("", "unit: byte", 19, "the unit is 'byte', and 'call' in version 1")]
    [InlineData("", "version: 1", 13, "it is also in file1.yaml:3")]
    public void Versions_of_a_metric_must_follow_each_other(string first, string second, int line, string expected)
    {
        var fault = CatalogueTexts.Read(CatalogueTexts.File("api.calls", first, second)).Faults.ShouldHaveSingleItem();

        fault.Text.ShouldContain(expected);
        (fault.Line, fault.IsNote).ShouldBe((line, false));
    }

    [Fact]
    public void A_version_in_two_files_is_told()
    {
        var fault = CatalogueTexts.Read(CatalogueTexts.File("api.calls", ""), CatalogueTexts.File("api.calls", "")).Faults.ShouldHaveSingleItem();

        fault.ToString().ShouldBe("file2.yaml:3: api.calls@1: it is also in file1.yaml:3; a version is written once, take the next number");
    }

    [Fact]
    public void A_time_without_a_version_is_a_note_that_hinders_nothing()
    {
        var files = CatalogueTexts.Read(CatalogueTexts.File("api.calls", "to: 2000-06-01", ""));

        files.AreSound.ShouldBeTrue();
        files.Faults.ShouldHaveSingleItem().ToString().ShouldContain("note: api.calls@2: no version holds from 2000-06-01 to 2001-01-01");
    }

    [Fact]
    public void An_end_of_the_last_version_is_a_note()
    {
        var files = CatalogueTexts.Read(CatalogueTexts.File("api.calls", "to: 2000-06-01"));

        files.AreSound.ShouldBeTrue();
        files.Faults.ShouldHaveSingleItem().ToString().ShouldBe("file1.yaml:13: note: api.calls@1: the metric ends at 2000-06-01: usage from then on is not metered by it");
    }

    [Theory]
    [InlineData(45, "44d23h", true)]
    [InlineData(45, "45d", false)]
    [InlineData(90, "89d23h", true)]
    [InlineData(90, "90d", false)]
    [InlineData(32, "32d", false)]
    public void Lateness_is_bound_by_the_dedup_window_that_the_installation_has(int days, string lateness, bool isSound)
    {
        var text = CatalogueTexts.File("api.calls", $"lateness: {lateness}");
        CatalogueFiles.Read([("file1.yaml", () => text)], TimeSpan.FromDays(days)).AreSound.ShouldBe(isSound);
    }

    [Fact]
    public void Any_lateness_is_taken_and_noted()
    {
        var files = CatalogueTexts.Read(CatalogueTexts.File("api.calls", "lateness: any"));

        files.AreSound.ShouldBeTrue();
        files.Faults.ShouldHaveSingleItem().ToString().ShouldStartWith("file1.yaml:12: note: api.calls@1: 'lateness' is any");
        new MetricRule(files.Metrics.Single()).LatenessMillis.ShouldBe(Metric.AnyLateness);
    }

    [Fact]
    public void A_version_without_an_end_ends_when_the_next_starts()
    {
        var metrics = CatalogueTexts.Metrics(CatalogueTexts.File("api.calls", "", "", ""));

        metrics.Select(static metric => metric.To?.Year).ShouldBe([2001, 2002, null]);
    }

    [Fact]
    public void The_standard_metrics_are_the_files_of_the_repository()
    {
        StandardTerms.Metrics.Select(static metric => (MetricEntry.KeyOf(metric), metric.Aggregation, metric.Value, metric.Filter)).ShouldBe(
            [
                ("active.users@1", Aggregation.Unique, "user", ""), ("api.calls@1", Aggregation.Count, "quantity", "status >= 200 and status < 400"),
                ("bytes.out@1", Aggregation.Sum, "quantity", ""),
            ]);
        foreach (var metric in StandardTerms.Metrics)
        {
            (metric.From, metric.To, metric.Window, metric.GraceMillis, metric.LatenessMillis, metric.Owner, metric.Audience)
                .ShouldBe((StandardTerms.From, null, MetricWindow.Hour, 600_000, Metric.AnyLateness, "finance", Audience.Both));
            metric.EventTypes.ShouldBe(["http.request"]);
        }
    }

    [Fact]
    public void The_file_that_the_page_shows_is_sound()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFolder.Root(), "docs", "catalogue.md"));
        var start = page.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;

        var metrics = CatalogueTexts.Metrics(page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);

        metrics.Select(static metric => (metric.Version, metric.To?.Month)).ShouldBe([(1, 7), (2, null)]);
    }

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("90s", 90_000)]
    [InlineData("10m", 600_000)]
    [InlineData("1d12h30m", 131_400_000)]
    public void Durations_are_read(string text, long millis)
    {
        CatalogueTime.TryDuration(text, out var read).ShouldBeTrue();
        read.ShouldBe(millis);
        CatalogueTime.TryDuration(CatalogueTime.Duration(millis), out var again).ShouldBeTrue();
        again.ShouldBe(millis);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("1m1h")]
    [InlineData("-1m")]
    [InlineData("1.5h")]
    [InlineData("1m1m")]
    [InlineData("99999d")]
    [InlineData("99999999999999d")]
    public void What_is_no_duration_is_refused(string text) => CatalogueTime.TryDuration(text, out _).ShouldBeFalse();
}
