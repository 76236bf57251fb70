using UsageStreams.Streams.Internal.Joins.Foreign;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

/// <summary>Orders (<c>customer|what</c>) that point to customers.</summary>
public sealed class ForeignKeyJoinTests
{
    private static readonly TopologyTestDriverOptions CutDifferently = new()
    {
        CommitAfterEachRecord = false,
        PartitionsOf = new Dictionary<string, int>(StringComparer.Ordinal) { ["orders"] = 2, ["customers"] = 3, ["inner"] = 2 },
    };

    [Fact]
    public void The_result_follows_changes_of_either_table_and_of_the_foreign_key()
    {
        using TopologyTestDriver driver = OperatorTest.Run(Describe);
        TestOutputTopic<string, string> inner = driver.Output("inner-out");
        TestOutputTopic<string, string> left = driver.Output("left-out");

        driver.Input("orders").Pipe("o1", "ada|pen");
        Read(inner).ShouldBeEmpty();
        Read(left).ShouldBe(["o1=ada|pen+"]);
        driver.Input("customers").Pipe("ada", "Ada");
        Read(inner).ShouldBe(["o1=ada|pen+Ada"]);
        driver.Input("orders").Pipe("o1", "ada|ink");
        Read(inner).ShouldBe(["o1=ada|ink+Ada"]);
        driver.Input("customers").Pipe("bob", "Bob");
        Read(inner).ShouldBeEmpty();
        driver.Input("orders").Pipe("o1", "bob|ink");
        Read(inner).ShouldBe(["o1=bob|ink+Bob"]);
        driver.Input("customers").Pipe("ada", "Ada L.");
        Read(inner).ShouldBeEmpty();
        driver.Input("customers").PipeTombstone("bob");
        Read(inner).ShouldBe(["o1 gone"]);
        Read(left).Last().ShouldBe("o1=bob|ink+");
        driver.Input("orders").PipeTombstone("o1");
        Read(left).ShouldBe(["o1 gone"]);
        Stored(driver).ShouldBe(0);
    }

    [Fact]
    public void A_value_that_points_to_nothing_is_in_the_left_join_only()
    {
        using TopologyTestDriver driver = OperatorTest.Run(Describe);
        driver.Input("customers").Pipe("ada", "Ada");
        driver.Input("orders").Pipe("o1", "ada|pen");
        driver.Input("orders").Pipe("o1", "|pen");
        driver.Input("customers").Pipe("ada", "Ada L.");

        Read(driver.Output("inner-out")).ShouldBe(["o1=ada|pen+Ada", "o1 gone"]);
        Read(driver.Output("left-out")).ShouldBe(["o1=ada|pen+Ada", "o1=|pen+"]);
    }

    [Fact]
    public void Nothing_is_shown_in_between_while_the_foreign_key_changes()
    {
        using TopologyTestDriver driver = OperatorTest.Run(Describe, CutDifferently);
        TestOutputTopic<string, string> left = driver.Output("left-out");
        foreach (string name in (string[])["ada", "bob", "cleo", "dora"])
            driver.Input("customers").Pipe(name, name.ToUpperInvariant());
        foreach (string name in (string[])["ada", "bob", "cleo", "dora"])
        {
            driver.Input("orders").Pipe("o1", $"{name}|pen");
            driver.Commit();
        }

        Read(left).ShouldBe(["o1=ada|pen+ADA", "o1=bob|pen+BOB", "o1=cleo|pen+CLEO", "o1=dora|pen+DORA"]);
    }

    [Fact]
    public void The_join_equals_one_of_the_tables_contents_through_crashes() => Sequences.Try(Sequences.PerFamily / 2, static random =>
    {
        using TopologyTestDriver driver = OperatorTest.Run(Describe, CutDifferently);
        var (orders, customers) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        for (int i = 0; i < 40; i++)
        {
            if (random.Next(3) > 0)
                Change(driver, random, "orders", orders, $"o{random.Next(4)}", $"{(random.Next(6) == 0 ? "" : $"c{random.Next(3)}")}|{i}");
            else
                Change(driver, random, "customers", customers, $"c{random.Next(3)}", $"C{i}");
            int dice = random.Next(8);
            if (dice == 0)
                driver.Restart();
            else if (dice < 3)
                driver.Commit();
        }

        driver.Commit();
        string[] Expect(bool keepsAll) =>
            [.. orders.Where(o => keepsAll || customers.ContainsKey(Customer(o.Value) ?? "")).Select(o => $"{o.Key}={o.Value}+{customers.GetValueOrDefault(Customer(o.Value) ?? "")}").Order(StringComparer.Ordinal)];
        driver.Output("inner-out").ReadTable().Sorted().ShouldBe(Expect(keepsAll: false));
        driver.Output("left-out").ReadTable().Sorted().ShouldBe(Expect(keepsAll: true));
        driver.CreateOutputTopic("test-inner-pairs-changelog", Serdes.Utf8, Serdes.Bytes).ReadTable().Count.ShouldBe(orders.Count);
    });

    [Fact]
    public void The_result_does_not_depend_on_how_messages_of_different_tasks_come_among_each_other() => Sequences.Try(Sequences.PerFamily / 2, static random =>
    {
        ForeignMessages messages = ForeignMessages.Make(random);
        ForeignPair<string, string>? pair = null;
        foreach (Answer<string, string> message in messages.Interleaved(random))
            pair = ForeignPair<string, string>.After(pair, in message);
        if (messages.Left is null)
            pair.ShouldBeNull();
        else
            (pair!.Shown!.Left, pair.Shown.Right).ShouldBe((messages.Left, messages.Right));
    });

    [Fact]
    public void Foreign_keys_are_refused_that_equal_only_themselves() => OperatorTest.Problems(static b => b.Table("orders", Topologies.Text)
            .Join(
                b.Table("customers", Consumed.With(Serdes.Bytes, Serdes.Utf8)), static (_, order) => new byte[order.Length], static (_, l, r) => l + r,
                TableJoined.With("joined", Serdes.Utf8, Serdes.Utf8, Serdes.Bytes, Serdes.Utf8))
            .ToStream("changes").To("out", Topologies.TextOut))
        .ShouldContain(static p => p.Contains("Store 'joined-right' has Byte[] as key", StringComparison.Ordinal));

    private static void Describe(StreamsBuilder builder)
    {
        KTable<string, string> orders = builder.Table("orders", Topologies.Text);
        KTable<string, string> customers = builder.Table("customers", Topologies.Text);
        orders.Join(customers, static (_, order) => Customer(order), static (_, l, r) => $"{l}+{r}", Named("inner")).ToStream("inner-changes").To("inner-out", Topologies.TextOut);
        orders.LeftJoin(customers, static (_, order) => Customer(order), static (_, l, r) => $"{l}+{r}", Named("lefts")).ToStream("left-changes").To("left-out", Topologies.TextOut);
    }

    private static TableJoined<string, string, string, string> Named(string name) => TableJoined.With(name, Serdes.Utf8, Serdes.Utf8, Serdes.Utf8, Serdes.Utf8);

    private static string? Customer(string order) => order.IndexOf('|', StringComparison.Ordinal) is > 0 and int end ? order[..end] : null;

    private static void Change(TopologyTestDriver driver, Random random, string topic, Dictionary<string, string> table, string key, string value)
    {
        if (random.Next(5) == 0)
        {
            table.Remove(key);
            driver.Input(topic).PipeTombstone(key);
            return;
        }

        table[key] = value;
        driver.Input(topic).Pipe(key, value);
    }

    private static int Stored(TopologyTestDriver driver) => new[] { "foreign-keys", "subscribers", "pairs" }
        .Sum(store => driver.CreateOutputTopic($"test-inner-{store}-changelog", Serdes.Bytes, Serdes.Bytes).ReadTable().Count);

    private static string[] Read(TestOutputTopic<string, string> topic) =>
        [.. topic.ReadAll().Select(static r => r.IsTombstone ? $"{r.Key} gone" : $"{r.Key}={r.Value}")];
}
