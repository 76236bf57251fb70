using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class TableJoinTests
{
    private static readonly TopologyTestDriverOptions ThreePartitions = new() { Partitions = 3 };

    [Fact]
    public void A_stream_finds_what_the_table_holds_and_restores_it_before_the_first_record()
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                KTable<string, string> customers = builder.Table("customers", Consumed.With(Serdes.Utf8, Serdes.Utf8));
                builder.Stream("in", Topologies.Text)
                    .Join("with-customer", customers, static (_, order, customer) => $"{order} for {customer}")
                    .To("out", Topologies.TextOut);
            },
            ThreePartitions);
        TestInputTopic<string, string> customers = driver.Input("customers");
        TestOutputTopic<string, string> output = driver.Output();
        foreach (string key in (string[])["a", "b", "c", "d"])
            customers.Pipe(key, $"customer {key}");
        customers.PipeTombstone("d");
        driver.Restart();
        foreach (string key in (string[])["a", "b", "c", "d", "e"])
            driver.Input().Pipe(key, "order");

        output.ReadAll().Select(static r => r.Value).ShouldBe(["order for customer a", "order for customer b", "order for customer c"]);
        customers.Pipe("a", "new name");
        driver.Input().Pipe("a", "order");
        output.ReadAll().Select(static r => r.Value).ShouldBe(["order for new name"]);
    }

    [Fact]
    public void A_left_join_keeps_records_without_a_match_and_a_global_table_is_found_by_any_key()
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                GlobalKTable<string, string> products = builder.GlobalTable("products", Topologies.Text);
                builder.Stream("in", Topologies.Text)
                    .LeftJoin("with-product", products, static (in Record<string, string> order) => order.Value, static (_, order, product) => $"{order}:{product ?? "unknown"}")
                    .To("out", Topologies.TextOut);
            },
            ThreePartitions);
        driver.Input("products").Pipe("p1", "pen");
        driver.Input().Pipe("a", "p1");
        driver.Input().Pipe("b", "p2");

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["p1:pen", "p2:unknown"]);
    }

    [Fact]
    public void A_versioned_table_is_looked_up_as_of_the_event()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            KTable<string, string> prices = builder.Table("prices", OperatorTest.Events.WithVersions(TimeSpan.FromDays(30)));
            builder.Stream("in", OperatorTest.Events)
                .LeftJoin("priced", prices, static (_, order, price) => $"{order} at {(price is null ? "?" : OperatorTest.Word(price))}")
                .To("out", Topologies.TextOut);
        });
        foreach (string price in (string[])["100:10", "300:30", "200:20"])
            driver.Input("prices").Pipe("pen", price);
        driver.Restart();
        foreach (string order in (string[])["99:a", "100:b", "250:c", "1000:d", "150:e"])
            driver.Input().Pipe("pen", order);

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["99:a at ?", "100:b at 10", "250:c at 20", "1000:d at 30", "150:e at 10"]);
    }

    [Fact]
    public void A_versioned_lookup_equals_a_recomputation_whatever_the_order_and_through_crashes() => Sequences.Try(Sequences.PerFamily, static random =>
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            static builder => builder.Stream("in", OperatorTest.Events)
                .LeftJoin("priced", builder.Table("prices", OperatorTest.Events.WithVersions(TimeSpan.FromDays(30))), static (_, order, price) => $"{order} at {price}")
                .To("out", Topologies.TextOut),
            OperatorTest.CommitByHand);
        (string Key, string Value)[] prices = WindowTest.Scattered(random, 12, scatter: 60);
        foreach ((string key, string value) in prices)
            driver.Input("prices").Pipe(key, value);
        (string Key, string Value)[] orders = WindowTest.Scattered(random, 20, scatter: 60);
        driver.PipeWithCrashes(random, orders);

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(orders.Select(o => $"{o.Value} at {prices.Select(static (p, i) => (p.Key, p.Value, Index: i))
            .Where(p => p.Key == o.Key && OperatorTest.Time(p.Value) <= OperatorTest.Time(o.Value))
            .OrderBy(static p => OperatorTest.Time(p.Value)).ThenBy(static p => p.Index).LastOrDefault().Value}"));
    });

    [Fact]
    public void Table_joins_equal_a_join_of_the_tables_contents_through_crashes() => Sequences.Try(Sequences.PerFamily, static random =>
    {
        Joined<string, string, string> Named(string name) => Joined.With(name, Serdes.Utf8, Serdes.Utf8, Serdes.Utf8);
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                KTable<string, string> left = builder.Table("left", Topologies.Text);
                KTable<string, string> right = builder.Table("right", Topologies.Text);
                left.Join(right, static (_, l, r) => $"{l}+{r}", Named("inner")).ToStream("inner-changes").To("inner-out", Topologies.TextOut);
                left.LeftJoin(right, static (_, l, r) => $"{l}+{r}", Named("lefts")).ToStream("left-changes").To("left-out", Topologies.TextOut);
                left.OuterJoin(right, static (_, l, r) => $"{l}+{r}", Named("outer")).ToStream("outer-changes").To("outer-out", Topologies.TextOut);
            },
            new TopologyTestDriverOptions { CommitAfterEachRecord = false, PartitionsOf = new Dictionary<string, int> { ["left"] = 3, ["right"] = 2 } });
        var tables = new Dictionary<string, Dictionary<string, string>> { ["left"] = [], ["right"] = [] };
        for (int i = 0; i < 30; i++)
        {
            (string topic, string key, string value) = (random.Next(2) == 0 ? "left" : "right", $"k{random.Next(4)}", $"v{i}");
            if (random.Next(3) == 0)
            {
                tables[topic].Remove(key);
                driver.Input(topic).PipeTombstone(key);
            }
            else
            {
                tables[topic][key] = value;
                driver.Input(topic).Pipe(key, value);
            }

            int dice = random.Next(10);
            if (dice == 0)
                driver.Restart();
            else if (dice < 3)
                driver.Commit();
        }

        driver.Commit();
        (Dictionary<string, string> lefts, Dictionary<string, string> rights) = (tables["left"], tables["right"]);
        IEnumerable<KeyValuePair<string, string>> Expect(IEnumerable<string> keys) =>
            keys.Select(k => KeyValuePair.Create(k, $"{lefts.GetValueOrDefault(k)}+{rights.GetValueOrDefault(k)}"));
        driver.Output("inner-out").ReadTable().Sorted().ShouldBe(Expect(lefts.Keys.Intersect(rights.Keys)).Sorted());
        driver.Output("left-out").ReadTable().Sorted().ShouldBe(Expect(lefts.Keys).Sorted());
        driver.Output("outer-out").ReadTable().Sorted().ShouldBe(Expect(lefts.Keys.Union(rights.Keys)).Sorted());
        driver.CreateOutputTopic("test-outer-pairs-changelog", Serdes.Utf8, Serdes.Bytes).ReadTable().Count.ShouldBe(lefts.Keys.Union(rights.Keys).Count());
    });

    [Fact]
    public void A_stream_looks_up_what_is_aggregated_beside_it()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            KStream<string, string> events = builder.Stream("in", Topologies.Text);
            KTable<string, long> counts = events.GroupByKey().Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64));
            events.Join("numbered", counts, static (_, value, count) => $"{value} #{count}").To("out", Topologies.TextOut);
        });
        driver.Input().Pipe("a", "x");
        driver.Input().Pipe("a", "y");

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["x #1", "y #2"]);
    }

    [Fact]
    public void A_processor_asks_for_a_table_that_is_followed_with_its_task()
    {
        var builder = new StreamsBuilder();
        KTable<string, string> names = builder.Table("names", Topologies.Text);
        builder.Stream("in", Topologies.Text).Process("greet", () => new Greeter(names), [], [names]).To("out", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build(), ThreePartitions);
        driver.Input("names").Pipe("a", "Ada");
        driver.Input().Pipe("a", "hello");

        driver.Output().ReadAll().ShouldHaveSingleItem().Value.ShouldBe("hello Ada");
    }

    [Fact]
    public void A_topology_shows_the_tables_that_its_tasks_follow()
    {
        var builder = new StreamsBuilder();
        KTable<string, string> names = builder.Table("names", Topologies.Text.WithName("people"));
        builder.Stream("in", Topologies.Text).Join("named", names, static (_, l, r) => l + r).To("out", Topologies.TextOut);
        Topology topology = builder.Build();

        topology.Describe().ShouldBe(
            """
            Sub-topology: in
              Source: in (topic: in) --> named
              Join: named (tables: people) --> to-out
              Sink: to-out (topic: out)
              Table: people (topic: names)

            """);
        topology.ToMermaid().ShouldContain("[/\"people\"/]");
    }

    [Fact]
    public void Topics_that_are_cut_differently_are_refused_at_the_start()
    {
        StreamsException error = Should.Throw<StreamsException>(() => OperatorTest.Run(
            builder => builder.Stream("in", Topologies.Text)
                .Join("named", builder.Table("names", Topologies.Text), static (_, l, r) => l + r).To("out", Topologies.TextOut),
            new TopologyTestDriverOptions { PartitionsOf = new Dictionary<string, int> { ["in"] = 4, ["names"] = 3 } }));

        error.Message.ShouldContain("Table 'names' (topic 'names') has 3 partitions and sub-topology 'in', which looks it up, 4");
        error.Message.ShouldContain("Repartition(Repartitioned.With(…).WithPartitions(3))");
    }

    [Fact]
    public void A_table_that_a_task_can_not_see_is_refused_with_the_way_out()
    {
        OperatorTest.Problems(b => b.Stream("in", Topologies.Text).SelectKey("other", static (in Record<string, string> r) => r.Value)
                .Join("named", b.Table("names", Topologies.Text), static (_, l, r) => l + r).To("out", Topologies.TextOut))
            .ShouldHaveSingleItem().ShouldContain("Node 'named' looks up table 'names' by keys that changed above");
        OperatorTest.Problems(b =>
        {
            KTable<string, long> counts = b.Stream("a", Topologies.Text).GroupByKey().Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64));
            b.Stream("b", Topologies.Text).Join("counted", counts, static (_, l, r) => l + r).To("out", Topologies.TextOut);
        }).ShouldHaveSingleItem().ShouldContain("it lies in sub-topology 'a', not in 'b'");
        OperatorTest.Problems(b =>
        {
            KTable<string, string> some = b.Table("names", Topologies.Text).Filter("some", static (in Record<string, string> _) => true);
            b.Stream("in", Topologies.Text).Join("named", some, static (_, l, r) => l + r).To("out", Topologies.TextOut);
        }).ShouldHaveSingleItem().ShouldContain("Call Materialize(Materialized.As(…)) on it");
    }

    [Fact]
    public void A_topic_is_followed_once_in_a_sub_topology() => OperatorTest.Problems(b =>
    {
        KStream<string, string> stream = b.Stream("in", Topologies.Text);
        stream.Join("first", b.Table("names", Topologies.Text), static (_, l, r) => l + r).To("a", Topologies.TextOut);
        stream.Join("second", b.Table("names", Topologies.Text), static (_, l, r) => l + r).To("b", Topologies.TextOut);
    }).ShouldHaveSingleItem().ShouldContain("Call Table(…) once and use the handle twice");

    private sealed class Greeter(KTable<string, string> names) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;

        public void Init(ProcessorContext<string, string> context) => _context = context;

        public void Process(in Record<string, string> record) =>
            _context.Forward(record.WithValue($"{record.Value} {_context.GetTable(names).Get(record.Key)}"));
    }
}
