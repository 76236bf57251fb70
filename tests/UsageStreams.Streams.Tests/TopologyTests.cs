using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

public sealed class TopologyTests
{
    [Fact]
    public void A_topology_describes_itself()
    {
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64).WithChangelog("public.counts");
        var builder = new StreamsBuilder();
        builder.GlobalTable("names", Topologies.Text);
        KStream<string, string> events = builder.Stream("in", Topologies.Timed.WithName("events"), out KStream<byte[]?, UndecodableRecord> undecodable);
        undecodable.Map("explain", static (in Record<byte[]?, UndecodableRecord> r) => r.With("", r.Value.Cause)).To("bad", Topologies.TextOut);
        events.Repartition(Repartitioned.With("next", Serdes.Utf8, Serdes.Utf8))
            .Process("count", () => new CountProcessor(counts), counts)
            .To("out", Topologies.CountOut.WithName("result"));
        Topology topology = builder.Build();

        topology.Describe().ShouldBe(
            """
            Sub-topology: events
              Source: events (topic: in) --> to-next, explain [undecodable]
              Map: explain --> to-bad
              Sink: to-bad (topic: bad)
              Sink: to-next (topic: <application>-next-repartition)
              Store: events-stream-time (changelog: <application>-events-stream-time-changelog)
            Sub-topology: next
              Source: next (topic: <application>-next-repartition) --> count
              Processor: count (stores: counts) --> result
              Sink: result (topic: out)
              Store: counts (changelog: public.counts)
              Store: next-stream-time (changelog: <application>-next-stream-time-changelog)
            Global table: names (topic: names)

            """);
        topology.SourceTopics.ShouldBe(["in"]);
        topology.SinkTopics.ShouldBe(["bad", "out"]);
        topology.ToMermaid().ShouldStartWith("flowchart LR\n  subgraph ");
        topology.ToMermaid().ShouldContain("-->|undecodable|");
    }

    [Fact]
    public void Two_nodes_of_one_name_are_refused() => Problems(b =>
    {
        KStream<string, string> source = b.Stream("in", Topologies.Text);
        source.Filter("same", static (in Record<string, string> _) => true).To("a", Topologies.TextOut);
        source.Filter("same", static (in Record<string, string> _) => true).To("b", Topologies.TextOut);
    }).ShouldHaveSingleItem().ShouldContain("'same' is given to two nodes");

    [Fact]
    public void A_merge_of_sub_topologies_needs_a_repartition() => Problems(b =>
        b.Stream("a", Topologies.Text).Merge(b.Stream("b", Topologies.Text))
            .Filter("all", static (in Record<string, string> _) => true).To("out", Topologies.TextOut))
        .ShouldHaveSingleItem().ShouldContain("Call Repartition(…) directly after Merge(…)");

    [Fact]
    public void A_source_that_leads_nowhere_is_refused() => Problems(b => b.Stream("in", Topologies.Text))
        .ShouldHaveSingleItem().ShouldContain("Source 'in' has nothing below it");

    [Fact]
    public void A_topic_is_read_once() => Problems(b =>
    {
        b.Stream("in", Topologies.Text).To("a", Topologies.TextOut);
        b.Stream("in", Topologies.Text.WithName("again")).To("b", Topologies.TextOut);
    }).ShouldHaveSingleItem().ShouldContain("Topic 'in' is read by two sources");

    [Fact]
    public void A_store_belongs_to_one_sub_topology() => Problems(b =>
    {
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        b.Stream("a", Topologies.Text).Process("p", () => new CountProcessor(counts), counts).To("x", Topologies.CountOut);
        b.Stream("b", Topologies.Text).Process("q", () => new CountProcessor(counts), counts).To("y", Topologies.CountOut);
    }).ShouldHaveSingleItem().ShouldContain("used in sub-topologies 'a' and 'b'");

    [Fact]
    public void Watermarks_need_event_times_and_every_problem_is_told() => Problems(b =>
    {
        b.Stream("a", Topologies.Text).To("out", Topologies.TextOut.WithWatermarks(TimeSpan.FromSeconds(1)));
        b.Stream("b", Topologies.Text.WithName("b c")).To("out", Topologies.TextOut);
    }).Count.ShouldBe(2);

    [Fact]
    public void An_array_is_no_store_key() => Problems(b =>
    {
        StoreBuilder<byte[], long> counts = Stores.KeyValue("counts", Serdes.Bytes, Serdes.Int64);
        b.Stream("a", Topologies.Text).Process<string, long>("p", () => throw new InvalidOperationException("not run"), counts).To("x", Topologies.CountOut);
    }).ShouldHaveSingleItem().ShouldContain("arrays are equal only to themselves");

    private static IReadOnlyList<string> Problems(Action<StreamsBuilder> describe)
    {
        var builder = new StreamsBuilder();
        describe(builder);
        return Should.Throw<TopologyException>(builder.Build).Problems;
    }
}
