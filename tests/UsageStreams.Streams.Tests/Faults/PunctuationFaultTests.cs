using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Operators;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Faults;

public sealed class PunctuationFaultTests
{
    private static readonly FaultHandling Continue = new() { Processing = FaultHandlers.Continue, Production = FaultHandlers.Continue };

    [Fact]
    public void A_punctuation_that_fails_before_it_changes_anything_may_be_left_out()
    {
        Fault? seen = null;
        var handling = Continue with
        {
            Processing = fault =>
            {
                seen = fault;
                return FaultDecision.Continue;
            },
        };
        using TopologyTestDriver driver = Ticking(sendsFirst: false, handling);
        driver.Input().Pipe("a", "x");
        driver.AdvanceWallClock(TimeSpan.FromSeconds(1));
        driver.Input().Pipe("a", "y");

        driver.OutValues().ShouldBe(["x", "y"]);
        seen.ShouldNotBeNull().Record.ShouldBeNull();
        driver.Faults.ShouldBe([new FaultCount("tick", FaultKind.Processing, FaultDecision.Continue, 1)]);
    }

    [Fact]
    public void A_punctuation_that_fails_after_it_sent_something_stops_the_application()
    {
        using TopologyTestDriver driver = Ticking(sendsFirst: true, Continue);

        ProcessingException error = Should.Throw<ProcessingException>(() => driver.AdvanceWallClock(TimeSpan.FromSeconds(1)));
        error.Record.ShouldBeNull();
        error.Message.ShouldContain("in a punctuation or commit");
    }

    [Fact]
    public void There_is_no_record_to_dead_letter_in_a_punctuation() =>
        Should.Throw<ProcessingException>(() =>
        {
            using TopologyTestDriver driver = Ticking(sendsFirst: false, FaultTest.ToDead);
            driver.AdvanceWallClock(TimeSpan.FromSeconds(1));
        });

    [Fact]
    public void What_is_held_back_until_a_commit_comes_of_many_records_and_stops_the_application_when_it_fails()
    {
        using TopologyTestDriver driver = FaultTest.Run(
            static b => b.Stream("in", Topologies.Text).GroupByKey()
                .Reduce(static (_, next) => next, Materialized.As("last", Serdes.Utf8, Serdes.Utf8))
                .ToStream("changes").MapValues("check", static (in Record<string, string> r) => FaultTest.Check(r.Value)).To("out", Topologies.TextOut),
            OperatorTest.CommitByHand);
        driver.Input().Pipe("a", "!bad");

        ProcessingException error = Should.Throw<ProcessingException>(driver.Commit);
        error.Node.ShouldBe("check");
        error.Record.ShouldBeNull();
    }

    private static TopologyTestDriver Ticking(bool sendsFirst, FaultHandling handling) => FaultTest.Run(
        b => b.Stream("in", Topologies.Text).Process("tick", () => new Ticker(sendsFirst)).To("out", Topologies.TextOut), faults: handling);

    private sealed class Ticker(bool sendsFirst) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;

        public void Init(ProcessorContext<string, string> context)
        {
            _context = context;
            context.Schedule(TimeSpan.FromSeconds(1), PunctuationType.WallClock, Tick);
        }

        public void Process(in Record<string, string> record) => _context.Forward(in record);

        private void Tick(long now)
        {
            if (sendsFirst)
                _context.Forward(new Record<string, string>("tick", "sent", now));
            throw new InvalidOperationException("ticked");
        }
    }
}
