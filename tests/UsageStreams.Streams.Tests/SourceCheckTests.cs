using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

public sealed class SourceCheckTests
{
    [Fact]
    public void A_record_that_the_check_refuses_goes_to_the_undecodable_stream_with_bytes_and_code()
    {
        using var driver = new TopologyTestDriver(Checked(out _));

        driver.Input().Pipe("k", "1000");
        driver.Input().Pipe("k", "-5");

        driver.Output().ReadKeyValues().ShouldBe([KeyValuePair.Create("k", "1000")]);
        var refused = driver.CreateOutputTopic("refused", Serdes.Bytes, Serdes.Utf8).ReadAll().ShouldHaveSingleItem();
        refused.Value.ShouldBe("Check negative-time -5 is before 1970.");
        refused.Key.ShouldBe("k"u8.ToArray());
    }

    [Fact]
    public void A_refused_record_does_not_move_the_stream_time()
    {
        using var driver = new TopologyTestDriver(Checked(out var source));

        driver.Input().Pipe("k", "1000");
        driver.Input().Pipe("k", "-5");
        driver.Input().Pipe("k", "late-refusal");

        driver.StreamTime(source).ShouldBe(1000);
    }

    private static Topology Checked(out string source)
    {
        source = "in";
        var builder = new StreamsBuilder();
        var consumed = Topologies.Timed.WithCheck(static (in Record<string, string> record) =>
        {
            if (record.Value.StartsWith('-')) throw new UndecodableException("negative-time", $"{record.Value} is before 1970.");
        });
        builder.Stream("in", consumed, out var undecodable).To("out", Topologies.TextOut);
        undecodable
            .MapValues("text", static (in Record<byte[]?, UndecodableRecord> record) => $"{record.Value.Reason} {record.Value.Code} {record.Value.Cause}")
            .To("refused", Produced.With<byte[]?, string>(Serdes.Bytes!, Serdes.Utf8));
        return builder.Build();
    }
}
