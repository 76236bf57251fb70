using System.Diagnostics;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.Telemetry;

/// <summary>Traces of records: they go through as headers, and become activities where a listener wants them.</summary>
public sealed class TraceTests
{
    private const string Sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    private static readonly List<string?> Seen = [];

    [Fact]
    public void A_trace_s_headers_survive_operators_and_a_repartition()
    {
        TestRecord<string, long> written = Run(Sampled).ShouldHaveSingleItem();

        written.Value.ShouldBe(42);
        written.Headers.GetText("traceparent").ShouldBe(Sampled);
        written.Headers.GetText("tracestate").ShouldBe("vendor=1");
    }

    [Fact]
    public void Where_nobody_listens_no_activity_is_made()
    {
        Run(Sampled).ShouldHaveSingleItem();

        Seen.ShouldBe([null, null]);
    }

    [Fact]
    public void Each_sub_topology_processes_the_record_as_a_part_of_its_trace()
    {
        var ended = new List<Activity>();
        using ActivityListener listener = Listen(ended);

        Run(Sampled).ShouldHaveSingleItem();

        ended.Select(static a => a.OperationName).ShouldBe(["process in", "process test-again-repartition"]);
        ended.ShouldAllBe(static a => a.TraceId.ToHexString() == "0af7651916cd43dd8448eb211c80319c" && a.ParentSpanId.ToHexString() == "b7ad6b7169203331");
        ended.ShouldAllBe(static a => a.Kind == ActivityKind.Consumer && a.TraceStateString == "vendor=1");
        ended.Select(static a => a.GetTagItem("usagestreams.task")).ShouldBe(["in/0", "again/0"]);
        Seen.ShouldBe([.. ended.Select(static a => a.Id)]);
    }

    [Fact]
    public void A_trace_that_the_listener_does_not_want_and_a_record_without_one_make_no_activity()
    {
        var ended = new List<Activity>();
        using ActivityListener listener = Listen(ended);

        Run(Unsampled).ShouldHaveSingleItem();
        Run(null).ShouldHaveSingleItem();
        Run("no trace").ShouldHaveSingleItem();

        ended.ShouldBeEmpty();
    }

    [Fact]
    public void A_record_that_fails_ends_its_activity_with_the_error()
    {
        var ended = new List<Activity>();
        using ActivityListener listener = Listen(ended);

        Should.Throw<ProcessingException>(() => Run(Sampled, value: -1));

        Activity failed = ended.ShouldHaveSingleItem();
        failed.Status.ShouldBe(ActivityStatusCode.Error);
        failed.StatusDescription.ShouldNotBeNull().ShouldContain("negative");
    }

    private static IReadOnlyList<TestRecord<string, long>> Run(string? traceParent, long value = 21)
    {
        Seen.Clear();
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Int64))
            .Process("look", static () => new Look())
            .Filter("all", static (in Record<string, long> _) => true)
            .MapValues("twice", static (in Record<string, long> record) => record.Value * 2)
            .SelectKey("by-parity", static (in Record<string, long> record) => record.Value % 2 == 0 ? "even" : "odd")
            .Repartition(Repartitioned.With("again", Serdes.Utf8, Serdes.Int64))
            .Process("look-again", static () => new Look())
            .To("out", Produced.With(Serdes.Utf8, Serdes.Int64));
        using var driver = new TopologyTestDriver(builder.Build());
        RecordHeaders headers = traceParent is null ? RecordHeaders.Empty : RecordHeaders.Empty.With("traceparent", traceParent).With("tracestate", "vendor=1");
        driver.CreateInputTopic("in", Serdes.Utf8, Serdes.Int64).Pipe("key", value, headers);
        return driver.CreateOutputTopic("out", Serdes.Utf8, Serdes.Int64).ReadAll();
    }

    private static ActivityListener Listen(List<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == StreamsTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class Look : IProcessor<string, long, string, long>
    {
        private ProcessorContext<string, long> _context = null!;

        public void Init(ProcessorContext<string, long> context) => _context = context;

        public void Process(in Record<string, long> record)
        {
            if (record.Value < 0)
                throw new InvalidOperationException("The value is negative.");
            Seen.Add(Activity.Current?.Source.Name == StreamsTelemetry.ActivitySourceName ? Activity.Current.Id : null);
            _context.Forward(in record);
        }
    }
}
