using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Faults;

public sealed class ProductionFaultTests
{
    [Fact]
    public void A_record_whose_output_can_not_be_serialised_goes_to_the_dead_letters_as_it_was_read()
    {
        Fault? seen = null;
        var handling = FaultTest.ToDead with
        {
            Production = fault =>
            {
                seen = fault;
                return FaultDecision.DeadLetter;
            },
        };
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Topologies.Text)
            .MapValues("turn", static (in Record<string, string> r) => new string([.. r.Value.Reverse()]))
            .To("out", Produced.With(Serdes.Utf8, new RefusingSerde()).WithName("write")), faults: handling);
        driver.Input().Pipe("a", "live");
        driver.Input().Pipe("a", "bad!");

        driver.DeadValues().ShouldBe(["bad!"]);
        driver.OutValues().ShouldBe(["partevil"]);
        seen.ShouldNotBeNull().OutputTopic.ShouldBe("out");
        driver.Faults.ShouldBe([new FaultCount("write", FaultKind.Production, FaultDecision.DeadLetter, 1)]);
        driver.FaultRollbacks.ShouldBe(0);
    }

    [Fact]
    public void Output_that_went_elsewhere_before_is_taken_back()
    {
        using TopologyTestDriver driver = FaultTest.Run(static b =>
        {
            KStream<string, string> stream = b.Stream("in", Topologies.Text);
            stream.To("first", Topologies.TextOut);
            stream.To("second", Produced.With(Serdes.Utf8, new RefusingSerde()));
        });
        driver.Input().Pipe("a", "one");
        driver.Input().Pipe("a", "!bad");
        driver.Input().Pipe("a", "two");

        driver.OutValues("first").ShouldBe(["one", "two"]);
        driver.OutValues("second").ShouldBe(["partone", "parttwo"]);
        driver.DeadValues().ShouldBe(["!bad"]);
        driver.FaultRollbacks.ShouldBe(1);
    }

    [Fact]
    public void A_partition_that_the_topic_does_not_have_is_a_fault_of_production()
    {
        using TopologyTestDriver driver = FaultTest.Run(
            static b => b.Stream("in", Topologies.Text)
                .To("out", Topologies.TextOut.WithPartitioner(static (key, partitions) => key == "far" ? partitions : 0)),
            faults: new FaultHandling { Production = FaultHandlers.Continue });
        driver.Input().Pipe("far", "x");
        driver.Input().Pipe("near", "y");

        driver.OutValues().ShouldBe(["y"]);
        driver.Faults.ShouldBe([new FaultCount("to-out", FaultKind.Production, FaultDecision.Continue, 1)]);
    }

    [Fact]
    public void Nobody_decides_about_production_unless_told_to()
    {
        var handling = FaultTest.ToDead with { Production = FaultHandlers.Stop };
        using TopologyTestDriver driver = FaultTest.Run(
            static b => b.Stream("in", Topologies.Text).To("out", Produced.With(Serdes.Utf8, new RefusingSerde())), faults: handling);

        Should.Throw<ProcessingException>(() => driver.Input().Pipe("a", "!bad")).Message.ShouldContain("'to-out'");
    }
}
