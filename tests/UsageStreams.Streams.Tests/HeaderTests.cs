using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Operators;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests;

public sealed class HeaderTests
{
    private static readonly Produced<Windowed<string>, long> WindowsOut = Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64);

    [Fact]
    public void A_combined_record_has_the_headers_of_the_last_and_the_largest_event_time()
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            static b => b.Stream("in", OperatorTest.Events)
                .Repartition(Repartitioned.With("again", Serdes.Utf8, Serdes.Utf8).WithCombiner(static (all, next) => all + next)).To("out", Topologies.TextOut),
            OperatorTest.CommitByHand);
        TestOutputTopic<string, string> again = driver.Output("test-again-repartition");
        Pipe(driver, ("1:a", "first"), ("9:b", "second"), ("5:c", "third"));

        TestRecord<string, string> combined = again.ReadAll().ShouldHaveSingleItem();
        (combined.Timestamp, combined.Headers.GetText("h")).ShouldBe((9, "third"));
        driver.Output().ReadAll().ShouldHaveSingleItem().Headers.GetText("h").ShouldBe("third");
    }

    [Theory]
    [InlineData(EmitStrategy.OnUpdate, "first second")]
    [InlineData(EmitStrategy.OnCommit, "second")]
    public void A_change_of_an_aggregate_has_the_headers_of_the_last_record(EmitStrategy emit, string headers)
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            b => b.Stream("in", OperatorTest.Events).GroupByKey().Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64).WithEmit(emit))
                .ToStream("changes").To("out", Topologies.CountOut),
            OperatorTest.CommitByHand);
        Pipe(driver, ("1:a", "first"), ("2:b", "second"));

        string.Join(' ', driver.Counts().ReadAll().Select(static r => r.Headers.GetText("h"))).ShouldBe(headers);
    }

    [Theory]
    [InlineData("tumbling", EmitStrategy.OnCommit, "second")]
    [InlineData("tumbling", EmitStrategy.OnUpdate, "first second")]
    [InlineData("session", EmitStrategy.OnCommit, "second")]
    [InlineData("session", EmitStrategy.OnUpdate, "first second")]
    [InlineData("sliding", EmitStrategy.OnCommit, "second")]
    [InlineData("sliding", EmitStrategy.OnUpdate, "first second")]
    public void A_change_of_a_window_has_the_headers_of_the_last_record(string kind, EmitStrategy emit, string headers)
    {
        using TopologyTestDriver driver = Windowed(kind, emit);
        Pipe(driver, ("5:a", "first"), ("5:b", "second"));

        string.Join(' ', Windows(driver).Select(static r => r.Headers.GetText("h"))).ShouldBe(headers);
    }

    [Theory]
    [InlineData("tumbling")]
    [InlineData("session")]
    [InlineData("sliding")]
    public void The_final_result_of_a_window_has_no_headers(string kind)
    {
        using TopologyTestDriver driver = Windowed(kind, EmitStrategy.OnWindowClose);
        Pipe(driver, ("5:a", "first"), ("5000:b", "second"));

        Windows(driver).ShouldHaveSingleItem().Headers.ShouldBeEmpty();
    }

    private static void Pipe(TopologyTestDriver driver, params (string Value, string Header)[] records)
    {
        foreach ((string value, string header) in records)
            driver.Input().Pipe("k", value, RecordHeaders.Empty.With("h", header));
        driver.Commit();
    }

    private static IReadOnlyList<TestRecord<Windowed<string>, long>> Windows(TopologyTestDriver driver) =>
        driver.CreateOutputTopic("out", Serdes.Windowed(Serdes.Utf8), Serdes.Int64).ReadAll();

    private static TopologyTestDriver Windowed(string kind, EmitStrategy emit) => OperatorTest.Run(
        b =>
        {
            KGroupedStream<string, string> grouped = b.Stream("in", OperatorTest.Events).GroupByKey();
            Materialized<string, long> counts = Materialized.As("counts", Serdes.Utf8, Serdes.Int64).WithEmit(emit);
            TimeSpan second = TimeSpan.FromSeconds(1);
            WindowedKTable<string, string, long> table = kind switch
            {
                "tumbling" => grouped.WindowedBy(TumblingWindows.Of(second)).Count(counts),
                "session" => grouped.WindowedBy(SessionWindows.WithGap(second)).Count(counts),
                _ => grouped.WindowedBy(SlidingWindows.Of(second)).Count(counts),
            };
            table.ToStream("changes").To("out", WindowsOut);
            table.Late.To("late", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Utf8));
        },
        OperatorTest.CommitByHand);
}
