using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

/// <summary>A table whose values are <c>group:number</c>.</summary>
public sealed class TableGroupingTests
{
    private static readonly Grouped<string, string> ByGroup = Grouped.With("groups", Serdes.Utf8, Serdes.Utf8);

    [Fact]
    public void A_value_that_changes_leaves_its_former_group()
    {
        using TopologyTestDriver driver = OperatorTest.Run(static b => Group(b).Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64)).ToStream("changes").To("out", Topologies.CountOut));
        driver.Input("table").Pipe("a", "x:1");
        driver.Input("table").Pipe("b", "x:2");
        driver.Input("table").Pipe("a", "y:1");
        driver.Input("table").PipeTombstone("b");

        driver.Counts().ReadAll().Select(static r => $"{r.Key} {(r.IsTombstone ? "gone" : r.Value)}").ShouldBe(["x 1", "x 2", "x 1", "y 1", "x gone"]);
    }

    [Fact]
    public void Groups_equal_a_recomputation_of_the_table_through_crashes() => Sequences.Try(Sequences.PerFamily, static random =>
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            Describe,
            new TopologyTestDriverOptions { CommitAfterEachRecord = false, PartitionsOf = new Dictionary<string, int>(StringComparer.Ordinal) { ["table"] = 2, ["groups"] = 3 } });
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < 30; i++)
        {
            string key = $"k{random.Next(5)}";
            if (random.Next(4) == 0)
            {
                table.Remove(key);
                driver.Input("table").PipeTombstone(key);
            }
            else
            {
                table[key] = $"g{random.Next(3)}:{random.Next(5)}";
                driver.Input("table").Pipe(key, table[key]);
            }

            int dice = random.Next(8);
            if (dice == 0)
                driver.Restart();
            else if (dice < 3)
                driver.Commit();
        }

        driver.Commit();
        ILookup<string, string> groups = table.Values.ToLookup(static v => v[..2], static v => v[3..]);
        string[] Expect(Func<IEnumerable<string>, object> of) => [.. groups.Select(g => $"{g.Key}={of(g)}").Order(StringComparer.Ordinal)];
        driver.Counts("counts").ReadTable().Sorted().ShouldBe(Expect(static g => g.Count()));
        driver.Output("lists").ReadTable().Sorted().ShouldBe(Expect(static g => string.Join(',', g.Order(StringComparer.Ordinal))));
        driver.Output("sets").ReadTable().Sorted().ShouldBe(Expect(static g => string.Join(',', g.Order(StringComparer.Ordinal))));
    });

    [Fact]
    public void A_table_that_does_not_know_what_was_before_is_refused_with_the_way_out()
    {
        OperatorTest.Problems(static b => b.Table("table", Topologies.Text)
                .Filter("some", static (in Record<string, string> _) => true)
                .GroupBy("by-group", static (in Record<string, string> r) => r.WithKey(r.Value), ByGroup)
                .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64)))
            .ShouldHaveSingleItem().ShouldContain("Keep it first: Materialize(");
        OperatorTest.Problems(static b => Kept(b)
                .GroupBy("by-group", static (in Record<string, string> r) => r.WithKey(r.Value), ByGroup.WithCombiner(static (_, next) => next))
                .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64)))
            .ShouldHaveSingleItem().ShouldContain("Leave WithCombiner(…) away");
        OperatorTest.Problems(static b => Group(b).Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnWindowClose)))
            .ShouldHaveSingleItem().ShouldContain("has no windows");
    }

    private static void Describe(StreamsBuilder builder)
    {
        KGroupedTable<string, string> groups = Group(builder);
        groups.Count(Materialized.As("counted", Serdes.Utf8, Serdes.Int64)).ToStream("counted-changes").To("counts", Topologies.CountOut);
        groups.Reduce(static (all, next) => Add(all, next), Remove, Materialized.As("reduced", Serdes.Utf8, Serdes.Utf8)).ToStream("reduced-changes").To("lists", Topologies.TextOut);
        groups.Aggregate(
                static () => "",
                static (string all, in Record<string, string> record) => Add(all, record.Value),
                static (string all, in Record<string, string> record) => Remove(all, record.Value),
                Materialized.As("aggregated", Serdes.Utf8, Serdes.Utf8))
            .ToStream("aggregated-changes").To("sets", Topologies.TextOut);
    }

    private static KTable<string, string> Kept(StreamsBuilder builder) =>
        builder.Table("table", Topologies.Text).Materialize(Materialized.As("kept", Serdes.Utf8, Serdes.Utf8));

    private static KGroupedTable<string, string> Group(StreamsBuilder builder) => Kept(builder)
        .GroupBy("by-group", static (in Record<string, string> r) => r.With(r.Value[..r.Value.IndexOf(':', StringComparison.Ordinal)], r.Value[(r.Value.IndexOf(':', StringComparison.Ordinal) + 1)..]), ByGroup);

    private static string Add(string all, string next) => string.Join(',', all.Split(',', StringSplitOptions.RemoveEmptyEntries).Append(next).Order(StringComparer.Ordinal));

    private static string? Remove(string all, string old)
    {
        List<string> values = [.. all.Split(',')];
        values.Remove(old).ShouldBeTrue();
        return values.Count == 0 ? null : string.Join(',', values);
    }
}
