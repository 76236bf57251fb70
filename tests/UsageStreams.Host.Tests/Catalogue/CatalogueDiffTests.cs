using UsageStreams.Host.Catalogue;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Catalogue;

public sealed class CatalogueDiffTests
{
    private static readonly IReadOnlyList<Metric> Published = [.. CatalogueTexts.Metrics(CatalogueTexts.File("api.calls", "filter: status < 400")).Select(static metric => metric with { Actor = "ann", Reason = "first" })];

    [Fact]
    public void What_is_not_published_is_new() => Kinds([], CatalogueTexts.File("api.calls", "", "")).ShouldBe(["new api.calls@1", "new api.calls@2"]);

    [Fact]
    public void What_is_written_otherwise_and_says_the_same_is_unchanged() =>
        Kinds(Published, CatalogueTexts.File("api.calls", "filter: '  (status  <400) '\nlateness: 1056h")).ShouldBe(["unchanged api.calls@1"]);

    [Fact]
    public void A_successor_ends_the_version_before_it()
    {
        var diff = CatalogueDiff.Of(CatalogueTexts.Read(CatalogueTexts.File("api.calls", "filter: status < 400", "filter: status < 500")), Published);

        diff.IsRefused.ShouldBeFalse();
        diff.ToPublish.Select(static change => (change.Key, change.Metric.To?.Year)).ShouldBe([("api.calls@1", 2001), ("api.calls@2", null)]);
        diff.Changes[0].ToString().ShouldBe("superseded api.calls@1  ends 2001-01-01, had no end; version 2 takes over");
    }

    [Theory]
    [InlineData("filter: status < 500", "filter 'status < 400' to 'status < 500'")]
    [InlineData("filter: status < 400\nowner: sales", "owner 'finance' to 'sales'")]
    [InlineData("filter: status < 400\nfrom: 2001-01-01", "from '2000-01-01' to '2001-01-01'")]
    [InlineData("filter: status < 500\nto: 2030-01-01", "to '' to '2030-01-01', filter 'status < 400' to 'status < 500'")]
    [InlineData("filter: status < 400\nrounding: {digits: 0, mode: up}", "rounding '' to '0 up'")]
    public void An_edit_of_a_published_version_is_refused_and_named(string fields, string expected)
    {
        var change = CatalogueDiff.Of(CatalogueTexts.Read(CatalogueTexts.File("api.calls", fields)), Published).Changes.ShouldHaveSingleItem();

        change.Kind.ShouldBe(CatalogueChangeKind.Refused);
        change.Text.ShouldContain(expected);
        change.Text.ShouldContain("version 2");
        change.Text.ShouldStartWith("file1.yaml:3: ");
    }

    [Theory]
    [InlineData("-", "2030-01-01", "ended      api.calls@1  ends 2030-01-01, had no end")]
    [InlineData("2030-01-01", "2029-01-01", "ended      api.calls@1  ends 2029-01-01, was 2030-01-01")]
    [InlineData("2030-01-01", "2031-01-01", "ended      api.calls@1  ends 2031-01-01, was 2030-01-01")]
    [InlineData("2030-01-01", "-", "resumed    api.calls@1  has no end any more, was 2030-01-01")]
    [InlineData("2030-01-01", "2030-01-01", "unchanged  api.calls@1")]
    public void The_last_version_may_end_without_a_successor_and_its_end_may_move(string before, string after, string expected)
    {
        var published = CatalogueTexts.Metrics(CatalogueTexts.File("api.calls", $"to: {before}"));

        var diff = CatalogueDiff.Of(CatalogueTexts.Read(CatalogueTexts.File("api.calls", $"to: {after}")), published);

        diff.IsRefused.ShouldBeFalse();
        diff.Changes.ShouldHaveSingleItem().ToString().ShouldStartWith(expected);
        diff.ToPublish.Select(static change => change.Metric.To?.Year).ShouldBe(before == after ? [] : [after == "-" ? null : int.Parse(after[..4], System.Globalization.CultureInfo.InvariantCulture)]);
    }

    [Fact]
    public void An_end_before_its_successor_leaves_a_gap_that_is_told()
    {
        var diff = CatalogueDiff.Of(CatalogueTexts.Read(CatalogueTexts.File("api.calls", "filter: status < 400\nto: 2000-06-01", "filter: status < 500")), Published);

        diff.Changes.Select(static change => change.ToString()).ShouldBe(
            ["ended      api.calls@1  ends 2000-06-01, had no end; no version takes over until version 2, 2001-01-01", "new        api.calls@2  holds from 2001-01-01"]);
    }

    [Fact]
    public void An_end_of_a_version_with_a_published_successor_is_refused()
    {
        var published = CatalogueTexts.Metrics(CatalogueTexts.File("api.calls", "", ""));

        var diff = CatalogueDiff.Of(CatalogueTexts.Read(CatalogueTexts.File("api.calls", "to: 2000-06-01", "")), published);

        diff.Changes.Select(static change => change.ToString()).ShouldBe(
            ["refused    api.calls@1  file1.yaml:3: version 2 is published behind it, from 2001-01-01 on; a boundary between published versions stays. Edited: to '2001-01-01' to '2000-06-01'", "unchanged  api.calls@2"]);
    }

    [Fact]
    public void The_boundary_between_two_published_versions_stays()
    {
        var published = CatalogueTexts.Metrics(CatalogueTexts.File("api.calls", "", ""));

        var diff = CatalogueDiff.Of(CatalogueTexts.Read(CatalogueTexts.File("api.calls", "", "from: 2002-01-01")), published);

        diff.Changes.Select(static change => change.Kind).ShouldBe([CatalogueChangeKind.Refused, CatalogueChangeKind.Refused]);
    }

    [Fact]
    public void A_version_that_is_published_may_not_be_left_out_of_its_file() =>
        Kinds(CatalogueTexts.Metrics(CatalogueTexts.File("api.calls", "", "")), CatalogueTexts.File("api.calls", "to: 2001-01-01")).ShouldBe(["unchanged api.calls@1", "refused api.calls@2"]);

    [Fact]
    public void A_number_below_that_of_a_published_version_is_refused() =>
        Kinds(CatalogueTexts.Metrics(CatalogueTexts.File("api.calls", "version: 2")), CatalogueTexts.File("api.calls", "from: 1990-01-01", "from: 2000-01-01")).ShouldBe(["refused api.calls@1", "unchanged api.calls@2"]);

    [Fact]
    public void A_metric_that_the_files_do_not_tell_of_stays() =>
        Kinds(Published, CatalogueTexts.File("bytes.out", "")).ShouldBe(["elsewhere api.calls@1", "new bytes.out@1"]);

    private static IEnumerable<string> Kinds(IReadOnlyCollection<Metric> published, string file) =>
        CatalogueDiff.Of(CatalogueTexts.Read(file), published).Changes.Select(static change => $"{change.Kind.ToString().ToLowerInvariant()} {change.Key}");
}
