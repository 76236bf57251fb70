using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Runtime;

/// <summary>A session whose state directory takes nothing.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public void Stores_in_memory_go_on_without_local_state()
    {
        var clock = new ManualTimeProvider();
        var clients = new FakeClients(FakeApplication.Default);
        using StreamSession session = Begin(clients, clock, onDisk: false);
        clients.OnPoll(static s => FakeApplication.Take(s, 0, "k"));
        session.Step();
        session.Step();
        clock.Advance(TimeSpan.FromMilliseconds(20));
        session.Step();

        clients.Committed.ShouldContain(static r => r.Topic == "out");
    }

    [Fact]
    public void Stores_on_disk_end_with_what_is_wrong_and_what_to_do()
    {
        using StreamSession session = Begin(new FakeClients(FakeApplication.Default), new ManualTimeProvider(), onDisk: true);

        Should.Throw<StreamsException>(session.Step).Message.ShouldBe(
            "Task in/0 can't keep its state on disk: No space left. Everything committed is in Kafka. Make room, or give StateDirectory another place, and start again.");
    }

    private static StreamSession Begin(FakeClients clients, TimeProvider clock, bool onDisk)
    {
        StoreBuilder<string, long> store = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        StoreBuilder<string, long> counts = onDisk ? store.OnDisk() : store;
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Utf8)).Process("count", () => new CountProcessor(counts), counts).To("out", Produced.With(Serdes.Utf8, Serdes.Int64));
        Topology topology = builder.Build();
        var layout = new TopicLayout(topology, "app", new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = 1, ["out"] = 1 });
        layout.Create();
        var context = new ThreadContext(0, topology, layout, clients, clock, static () => { })
        {
            LocalState = new LocalState(new FullDisk(), TimeSpan.FromDays(1), static topic => topic),
        };
        var session = new StreamSession(context);
        session.Begin(CancellationToken.None);
        return session;
    }

    private sealed class FullDisk : IStateFolders
    {
        public int SegmentBytes => 1 << 20;

        public SegmentFolder TryOpen(TaskId task) => new FullFolder();
    }

    private sealed class FullFolder : SegmentFolder
    {
        public override string Name => "full";

        public override IReadOnlyList<int> Numbers() => [];

        public override Segment Create(int number) => throw new IOException("No space left.");

        public override Segment Open(int number) => throw new InvalidOperationException("There is none.");

        public override void Delete(int number) => throw new InvalidOperationException("There is none.");

        public override void Dispose()
        {
        }
    }
}
