using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.Sessions;

public sealed class RestoringTaskTests
{
    [Fact]
    public void While_a_task_is_restored_the_others_of_its_thread_go_on_and_the_thread_is_not_running()
    {
        using var group = new ScriptedGroup { Partitions = 2 };
        group.Restoring.Add(1);
        group.Log.AddRange(["a", "b", "c"]);
        var clock = new ManualTimeProvider();
        ThreadContext context = Context(group, clock);
        using var session = new StreamSession(context);
        session.Begin(TestContext.Current.CancellationToken);

        Step(session, clock);

        group.Committed.ShouldBe(["a", "b", "c"]);
        context.IsRunning.ShouldBeFalse();
        context.Metrics.Snapshot.Tasks.Where(static t => t.IsRunning).Select(static t => t.Id.Partition).ShouldBe([0]);

        group.Restoring.Clear();
        Step(session, clock);

        context.IsRunning.ShouldBeTrue();
        context.Metrics.Snapshot.Tasks.ShouldAllBe(static t => t.IsRunning);
    }

    private static void Step(StreamSession session, ManualTimeProvider clock)
    {
        for (int i = 0; i < 10; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(20));
            session.Step();
        }
    }

    private static ThreadContext Context(ScriptedGroup group, ManualTimeProvider clock)
    {
        StoreBuilder<string, string> last = Stores.KeyValue("last", Serdes.Utf8, Serdes.Utf8);
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Utf8)).Process("keep", () => new Keep(last), last).To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology topology = builder.Build();
        var topics = new TopicLayout(topology, "scripted", new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = 2, ["out"] = 1, ["scripted-last-changelog"] = 2 });
        return new ThreadContext(0, topology, topics, group, clock, static () => { });
    }

    private sealed class Keep(StoreBuilder<string, string> handle) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private KeyValueStore<string, string> _last = null!;

        public void Init(ProcessorContext<string, string> context) => (_context, _last) = (context, context.GetStore(handle));

        public void Process(in Record<string, string> record)
        {
            _last.Put(record.Key, record.Value);
            _context.Forward(in record);
        }
    }
}
