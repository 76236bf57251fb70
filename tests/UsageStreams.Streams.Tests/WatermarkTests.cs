using FsCheck;
using FsCheck.Fluent;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

public sealed class WatermarkTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    [Fact]
    public void Stream_time_of_a_source_is_its_largest_event_time()
    {
        using TopologyTestDriver driver = Run(partitions: 1);
        driver.StreamTime("in").ShouldBeNull();
        driver.Input().Pipe("a", "500");
        driver.Input().Pipe("a", "200");

        driver.StreamTime("in").ShouldBe(500);
    }

    [Fact]
    public void Behind_a_repartition_stream_time_is_unknown_until_every_upstream_task_spoke()
    {
        using TopologyTestDriver driver = Run(partitions: 3);
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "500", partition: 0);
        input.Pipe("a", "300", partition: 1);
        driver.StreamTime("next", 2).ShouldBeNull();

        input.Pipe("a", "400", partition: 2);
        driver.StreamTime("next", 2).ShouldBe(300);
    }

    [Fact]
    public void An_idle_upstream_is_left_out_until_it_speaks_again()
    {
        using TopologyTestDriver driver = Run(partitions: 2);
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "100", partition: 0);
        input.Pipe("a", "900", partition: 1);
        driver.StreamTime("next").ShouldBe(100);
        driver.AdvanceWallClock(Idle - TimeSpan.FromSeconds(1));
        input.Pipe("a", "950", partition: 1);
        driver.StreamTime("next").ShouldBe(100);

        driver.AdvanceWallClock(TimeSpan.FromSeconds(1));
        driver.StreamTime("next").ShouldBe(950);

        input.Pipe("a", "960", partition: 0);
        input.Pipe("a", "2000", partition: 1);
        driver.StreamTime("next").ShouldBe(960);
    }

    [Fact]
    public void When_all_are_idle_the_result_does_not_depend_on_who_fell_idle_first()
    {
        foreach (int first in new[] { 0, 1 })
        {
            using TopologyTestDriver driver = Run(partitions: 2);
            TestInputTopic<string, string> input = driver.Input();
            input.Pipe("a", first == 0 ? "100" : "900", partition: 0);
            driver.AdvanceWallClock(TimeSpan.FromSeconds(10));
            input.Pipe("a", first == 0 ? "900" : "100", partition: 1);
            driver.AdvanceWallClock(Idle - TimeSpan.FromSeconds(10));
            driver.AdvanceWallClock(TimeSpan.FromSeconds(10));

            driver.StreamTime("next").ShouldBe(900);
        }
    }

    [Fact]
    public void A_restart_keeps_stream_time_and_announcements()
    {
        using TopologyTestDriver driver = Run(partitions: 2);
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "500", partition: 0);
        input.Pipe("a", "700", partition: 1);

        driver.Restart();

        driver.StreamTime("in", 1).ShouldBe(700);
        driver.StreamTime("next", 0).ShouldBe(500);
        input.Pipe("a", "800", partition: 0);
        driver.StreamTime("next", 0).ShouldBe(700);
    }

    [Fact]
    public void A_source_without_timestamps_is_never_waited_for()
    {
        var builder = new StreamsBuilder();
        KStream<string, string> timed = builder.Stream("in", Topologies.Timed);
        timed.Merge(builder.Stream("untimed", Topologies.Text))
            .Repartition(Repartitioned.With("next", Serdes.Utf8, Serdes.Utf8)).To("out", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build());
        driver.Input().Pipe("a", "500");

        driver.StreamTime("next").ShouldBe(500);
        driver.StreamTime("untimed").ShouldBeNull();
    }

    [Fact]
    public void A_topic_with_watermarks_gives_its_reader_the_writers_minimum()
    {
        var builder = new StreamsBuilder();
        builder.Stream("ledger", Topologies.Text.WithTimestamps(static (in Record<string, string> _, long arrival) => arrival).WithStreamTimeFromWatermarks())
            .To("out", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build());
        TestInputTopic<string, string> input = driver.Input("ledger");
        input.Pipe("a", "x");
        driver.StreamTime("ledger").ShouldBeNull();
        input.PipeWatermark(0, 700, "settle/0/2");
        driver.StreamTime("ledger").ShouldBeNull();
        input.PipeWatermark(0, 600, "settle/1/2");
        driver.StreamTime("ledger").ShouldBe(600);
        input.PipeIdle(0, "settle/1/2");
        driver.StreamTime("ledger").ShouldBe(700);
        driver.Output().ReadAll().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_sink_announces_when_stream_time_grew_enough_to_every_partition()
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", Topologies.Timed).To("out", Topologies.TextOut.WithWatermarks(TimeSpan.FromSeconds(1)));
        using var driver = new TopologyTestDriver(
            builder.Build(), new TopologyTestDriverOptions { PartitionsOf = new Dictionary<string, int> { ["out"] = 2 } });
        TestOutputTopic<string, string> output = driver.Output();
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "1000");
        output.ReadWatermarks().ShouldBe([new(0, "in/0/1", 1000), new(1, "in/0/1", 1000)]);
        input.Pipe("a", "1999");
        output.ReadWatermarks().ShouldBeEmpty();
        input.Pipe("a", "2000");
        output.ReadWatermarks().Count.ShouldBe(2);
        input.Pipe("a", "2500");
        driver.AdvanceWallClock(Idle);
        output.ReadWatermarks().Where(static w => w.Partition == 0).Select(static w => w.Time).ShouldBe([2500, null]);
    }

    [Fact]
    public void An_unreadable_watermark_goes_to_the_undecodable_stream()
    {
        var builder = new StreamsBuilder();
        KStream<string, string> stream = builder.Stream("in", Topologies.Timed, out KStream<byte[]?, UndecodableRecord> undecodable);
        stream.To("out", Topologies.TextOut);
        undecodable.Map("why", static (in Record<byte[]?, UndecodableRecord> r) => r.With(r.Value.Reason.ToString(), r.Value.Cause)).To("bad", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build());
        driver.Input().PipeRaw(null, null, RecordHeaders.Empty.With("us-watermark", "soon"));

        driver.Output("bad").ReadKeyValues().ShouldHaveSingleItem().Value.ShouldContain("'soon'");
    }

    [Fact]
    public void Stream_time_behind_a_repartition_is_the_minimum_of_what_upstream_saw_in_any_order()
    {
        Prop.ForAll<PositiveInt, (int Partition, int Time)[]>((count, arrivals) =>
        {
            int partitions = count.Get % 3 + 2;
            using TopologyTestDriver driver = Run(partitions);
            TestInputTopic<string, string> input = driver.Input();
            var largest = new Dictionary<int, long>();
            foreach ((int partition, int time) in arrivals)
            {
                int chosen = Math.Abs(partition % partitions);
                input.Pipe("a", time.ToString(), partition: chosen);
                largest[chosen] = Math.Max(largest.GetValueOrDefault(chosen, long.MinValue), time);
            }

            long? expected = largest.Count == partitions ? largest.Values.Min() : null;
            return Enumerable.Range(0, partitions).All(p => driver.StreamTime("next", p) == expected);
        }).QuickCheckThrowOnFailure();
    }

    private static TopologyTestDriver Run(int partitions)
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", Topologies.Timed)
            .Repartition(Repartitioned.With("next", Serdes.Utf8, Serdes.Utf8).WithWatermarks(TimeSpan.Zero))
            .To("out", Topologies.TextOut);
        return new TopologyTestDriver(builder.Build(), new TopologyTestDriverOptions { Partitions = partitions, IdleTimeout = Idle });
    }
}
