using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Tests.Operators;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Faults;

public sealed class FaultHandlingTests
{
    [Fact]
    public void Dead_letters_without_a_topic_are_a_problem_of_the_topology() =>
        OperatorTest.Problems(static b =>
        {
            b.HandleFaults(new FaultHandling { Processing = FaultHandlers.DeadLetter });
            b.Stream("in", Topologies.Text.WithFaults(new FaultHandling { Deserialization = FaultHandlers.DeadLetter })).To("out", Topologies.TextOut);
        }).Select(static p => p[..40]).ShouldBe(["The fault handling of the topology sends", "The fault handling of source 'in' sends "]);

    [Fact]
    public void Dead_letters_into_a_topic_that_is_read_would_come_back_for_ever() =>
        OperatorTest.Problems(static b =>
        {
            b.HandleFaults(FaultHandling.DeadLetters("in"));
            b.Stream("in", Topologies.Text).To("out", Topologies.TextOut);
        }).ShouldHaveSingleItem().ShouldContain("come back for ever");

    [Fact]
    public void A_handler_that_wants_a_topic_that_nobody_named_stops_the_application()
    {
        var handling = new FaultHandling { Processing = static _ => FaultDecision.DeadLetter };
        using Streams.Testing.TopologyTestDriver driver = FaultTest.Run(
            static b => b.Stream("in", Topologies.Text).MapValues("check", static (in Record<string, string> r) => FaultTest.Check(r.Value)).To("out", Topologies.TextOut),
            faults: handling);

        Should.Throw<StreamsException>(() => driver.Input().Pipe("a", "!bad")).Message.ShouldContain("Set FaultHandling.DeadLetterTopic");
    }

    [Fact]
    public void The_topology_names_its_dead_letter_topics()
    {
        var builder = new StreamsBuilder();
        builder.HandleFaults(FaultTest.ToDead);
        builder.Stream("in", Topologies.Text).To("out", Topologies.TextOut);
        builder.Stream("in2", Topologies.Text.WithFaults(FaultHandling.DeadLetters("dead2"))).To("out", Topologies.TextOut.WithName("also"));
        Topology topology = builder.Build();

        topology.DeadLetterTopics.ShouldBe(["dead", "dead2"]);
        topology.Describe().ShouldContain("Dead letters: (topic: dead2)");
    }

    [Fact]
    public void What_can_be_changed_in_place_is_known_by_its_type()
    {
        Mutability<long>.CanChangeInPlace.ShouldBeFalse();
        Mutability<string>.CanChangeInPlace.ShouldBeFalse();
        Mutability<decimal?>.CanChangeInPlace.ShouldBeFalse();
        Mutability<Immutable>.CanChangeInPlace.ShouldBeFalse();
        Mutability<KeyValuePair<string, DateTimeOffset>>.CanChangeInPlace.ShouldBeFalse();
        Mutability<byte[]>.CanChangeInPlace.ShouldBeTrue();
        Mutability<List<int>>.CanChangeInPlace.ShouldBeTrue();
        Mutability<Settable>.CanChangeInPlace.ShouldBeTrue();
        Mutability<Uri>.CanChangeInPlace.ShouldBeTrue();
        Mutability<Holder>.CanChangeInPlace.ShouldBeTrue();
        Mutability<object>.CanChangeInPlace.ShouldBeTrue();
    }

    private sealed record Immutable(string Name, decimal Amount, Immutable? Parent);

    private sealed record Settable(string Name)
    {
        public int Count { get; set; }
    }

    private readonly record struct Holder(int[] Items);
}
