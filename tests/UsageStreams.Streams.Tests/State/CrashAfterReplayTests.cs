using System.Buffers;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.State;

/// <summary>Local state of stores that are made again of the input: a checkpoint says no more than the log has.</summary>
public sealed class CrashAfterReplayTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usagestreams-replay-");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_read_again_before_the_first_commit_is_there_after_a_crash(bool onDisk)
    {
        using StateDirectory state = StateDirectory.Open(_folder.FullName, "app", 1 << 20);
        StoreBuilder<long, long> seen = Seen(onDisk);
        StreamTask first = Open(state, seen, out CatchUpPartition input);
        Read(input, 0, 1000);
        first.State.Restored(complete: true);

        first.Close();
        StreamTask second = Open(state, seen, out CatchUpPartition rest);

        rest.From.ShouldBe(1000);
        HoldsAllBelow(1000, second, seen).ShouldBeTrue();
        second.Close();
    }

    [Fact]
    public void A_long_replay_is_kept_now_and_then_and_goes_on_from_there_after_a_crash()
    {
        using StateDirectory state = StateDirectory.Open(_folder.FullName, "app", 1 << 20);
        StoreBuilder<long, long> seen = Seen(onDisk: true);
        StreamTask first = Open(state, seen, out CatchUpPartition input, until: 200_000);
        for (int offset = 0; offset < 150_000; offset += 1000)
        {
            Read(input, offset, offset + 1000);
            first.State.Restored(complete: false);
        }

        first.Close();
        StreamTask second = Open(state, seen, out CatchUpPartition rest, until: 200_000);

        rest.From.ShouldNotBeNull().ShouldBeInRange(100_000, 149_000);
        HoldsAllBelow(rest.From.Value, second, seen).ShouldBeTrue();
        second.Close();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static StreamTask Open(StateDirectory state, StoreBuilder<long, long> seen, out CatchUpPartition input, long until = 1000)
    {
        var builder = new StreamsBuilder();
        builder.Stream("events", Consumed.With(Serdes.Int64, Serdes.Int64)).Process("first", () => new First(seen), seen).To("first", Produced.With(Serdes.Int64, Serdes.Int64));
        var environment = new TaskEnvironment("app", new Nowhere(), new ManualTimeProvider(), TimeSpan.FromSeconds(30), new Dictionary<GlobalKTable, TableView>()) { Folders = state };
        var task = new StreamTask(builder.Build().Graphs[0], partition: 0, partitions: 1, environment);
        task.State.TryOpen().ShouldBeTrue();
        input = task.State.PlanFor(until).Input!;
        return task;
    }

    private static StoreBuilder<long, long> Seen(bool onDisk)
    {
        StoreBuilder<long, long> seen = Stores.KeyValue("seen", Serdes.Int64, Serdes.Int64)
            .RestoredFromInput(TimeSpan.FromDays(1), static (in Record<long, long> record, in RecordMetadata _, KeyValueStore<long, long> store) => store.TryAdd(record.Key, record.Value));
        return onDisk ? seen.OnDisk() : seen;
    }

    private static void Read(CatchUpPartition input, int from, int to)
    {
        if (from == 0)
            input.Begin(null, input.Until!.Value);
        for (int offset = from; offset < to; offset++)
        {
            var number = new ArrayBufferWriter<byte>();
            Serdes.Int64.Serialize(offset, number);
            input.Take(new InputRecord(offset, 0) { Key = number.WrittenSpan, HasKey = true, Value = number.WrittenSpan, HasValue = true });
        }
    }

    private static bool HoldsAllBelow(long offset, StreamTask task, StoreBuilder<long, long> seen)
    {
        var store = (KeyValueStore<long, long>)task.Store(seen);
        return store.Count == offset && Enumerable.Range(0, (int)offset).All(key => store.TryGet(key, out long value) && value == key);
    }

    private sealed class First(StoreBuilder<long, long> store) : IProcessor<long, long, long, long>
    {
        private ProcessorContext<long, long> _context = null!;
        private KeyValueStore<long, long> _seen = null!;

        public void Init(ProcessorContext<long, long> context) => (_context, _seen) = (context, context.GetStore(store));

        public void Process(in Record<long, long> record)
        {
            if (_seen.TryAdd(record.Key, record.Value))
                _context.Forward(in record);
        }
    }

    private sealed class Nowhere : RecordCollector
    {
        public override int PartitionCount(string topic) => 1;

        protected override void Write(in OutputRecord record)
        {
        }
    }
}
