using Confluent.Kafka;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Streams.Tests.Wire;

public sealed class OutboxTests
{
    private const int Node = 1;
    private static readonly ProducerIdentity Producer = new(1, 0);

    private readonly List<int> _ready = [];
    private readonly List<PartitionQueue> _taken = [];
    private readonly Outbox _outbox;

    public OutboxTests() => _outbox = Outbox();

    [Fact]
    public void Nothing_is_sent_before_its_leader_is_known()
    {
        Add("a", 0);
        _outbox.SealAll();

        _ready.ShouldBe([PartitionQueue.NoLeader]);
        _outbox.WithoutLeader().ShouldBe(["a"]);
        Take().ShouldBeEmpty();
        _outbox.Route(Leaders("a", 0)).ShouldBe([Node]);
        Take().ShouldBe(["a [[0]]"]);
        _outbox.WithoutLeader().ShouldBeEmpty();
    }

    [Fact]
    public void A_partition_has_one_batch_on_its_way_and_the_next_after_it_is_written()
    {
        Add("a", 0);
        _outbox.SealAll();
        Add("a", 0);
        _outbox.SealAll();
        _outbox.Route(Leaders("a", 0));

        Take();
        PartitionQueue queue = _taken[0];
        RecordBatch first = queue.First!;
        Take().ShouldBeEmpty();
        _outbox.WaitUntilEmpty(TimeSpan.Zero).ShouldBeFalse();

        _outbox.Acknowledge(queue);
        Take().Count.ShouldBe(1);
        queue.First.ShouldNotBeSameAs(first);
        _outbox.Acknowledge(queue);
        _outbox.WaitUntilEmpty(TimeSpan.Zero).ShouldBeTrue();
    }

    [Fact]
    public void What_is_sent_again_keeps_its_number_and_comes_before_what_came_later()
    {
        Add("a", 0);
        Add("a", 0);
        _outbox.SealAll();
        Add("a", 0);
        _outbox.SealAll();
        _outbox.Route(Leaders("a", 0));
        Take();
        PartitionQueue queue = _taken[0];
        queue.Number(Producer);

        _outbox.Again(queue, leaderIsLost: true);
        Take().ShouldBeEmpty();
        _outbox.Route(Leaders("a", 0));
        Take();
        queue.Number(Producer);
        (queue.First!.FirstSequence, queue.First.Count).ShouldBe((0, 2));
        _outbox.Acknowledge(queue);

        Take();
        queue.Number(Producer);
        (queue.First!.FirstSequence, queue.First.Count).ShouldBe((2, 1));
    }

    [Fact]
    public void A_request_has_as_many_partitions_as_fit_into_it()
    {
        foreach (int partition in (int[])[0, 1, 2])
            Add("a", partition, value: 1000);
        _outbox.SealAll();
        _outbox.Route(Leaders("a", 0, 1, 2));

        Take(bytes: 2500).ShouldBe(["a [[0]]", "a [[1]]"]);
        Take(bytes: 1).ShouldBe(["a [[2]]"]);
    }

    [Fact]
    public void A_batch_that_is_full_is_sent_without_being_asked_for()
    {
        for (int i = 0; i < 10; i++)
            Add("a", 0, value: 300);
        _outbox.Route(Leaders("a", 0));

        Take().ShouldBe(["a [[0]]"]);
    }

    [Fact]
    public void It_is_full_by_bytes_and_by_records_and_has_room_when_something_is_written()
    {
        Outbox small = Outbox(("queue.buffering.max.messages", "2"));
        small.Add(Record("a", 0, 1), 0);
        small.IsFull.ShouldBeFalse();
        small.Add(Record("a", 0, 1), 0);
        small.IsFull.ShouldBeTrue();
        small.HasOpen.ShouldBeTrue();
        small.WaitForRoom(TimeSpan.Zero);
        small.HasOpen.ShouldBeFalse();
        small.IsFull.ShouldBeTrue();
        small.Route(Leaders("a", 0));
        small.Take(Node, 1000, _taken);
        small.Acknowledge(_taken[0]);
        small.IsFull.ShouldBeFalse();

        Outbox narrow = Outbox(("queue.buffering.max.kbytes", "1"));
        for (int i = 0; i < 4; i++)
            narrow.Add(Record("a", i, 200), 0);
        narrow.IsFull.ShouldBeTrue();
    }

    [Fact]
    public async Task A_failure_ends_the_waiting_and_nothing_more_is_sent()
    {
        Add("a", 0);
        _outbox.SealAll();
        _outbox.Route(Leaders("a", 0));
        Task<bool> waiting = Task.Run(() => _outbox.WaitUntilEmpty(TimeSpan.FromMinutes(1)));

        _outbox.Fail(new DeliveryFailure("a", 0, ErrorCode.TopicAuthorizationFailed));
        _outbox.Fail(new DeliveryFailure("b", 1, ErrorCode.Unknown));

        (await waiting).ShouldBeFalse();
        _outbox.Failure.ShouldBe(new DeliveryFailure("a", 0, ErrorCode.TopicAuthorizationFailed));
        Take().ShouldBeEmpty();
    }

    [Fact]
    public void Giving_up_waits_for_what_is_on_its_way()
    {
        Add("a", 0);
        _outbox.SealAll();
        _outbox.Route(Leaders("a", 0));
        Take();

        _outbox.GiveUp(TimeSpan.Zero).ShouldBeFalse();
        _outbox.Acknowledge(_taken[0]);
        _outbox.GiveUp(TimeSpan.Zero).ShouldBeTrue();
    }

    [Fact]
    public void Adding_allocates_nothing_once_buffers_are_there()
    {
        for (int round = 0; round < 3; round++)
            FillAndWrite();

        long before = GC.GetAllocatedBytesForCurrentThread();
        FillAndWrite();

        // An object for each batch of some hundred records. One for each record would be 240,000 bytes at least.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(60_000);
    }

    private void FillAndWrite()
    {
        for (int i = 0; i < 100; i++)
            Write(100);

        void Write(int records)
        {
            for (int i = 0; i < records; i++)
                Add("a", 0, value: 1);
            _outbox.SealAll();
            _outbox.Route(OnlyLeader);
            _outbox.Take(Node, int.MaxValue, _taken);
            while (_taken.Count > 0)
            {
                _outbox.Acknowledge(_taken[0]);
                _outbox.Take(Node, int.MaxValue, _taken);
            }
        }
    }

    private static readonly Dictionary<TopicPartition, int> OnlyLeader = Leaders("a", 0);

    private static Dictionary<TopicPartition, int> Leaders(string topic, params int[] partitions) =>
        partitions.ToDictionary(partition => new TopicPartition(topic, partition), static _ => Node);

    private static OutputRecord Record(string topic, int partition, int value) => new(topic, partition) { Value = new byte[value], HasValue = true };

    private Outbox Outbox(params (string Name, string Value)[] settings)
    {
        ProducerConfig config = new KafkaConnection("h:1").ProducerConfig("t");
        config.Set("batch.size", "2000");
        foreach ((string name, string value) in settings)
            config.Set(name, value);
        return new Outbox(WireSettings.Of(config)!, static _ => 4, _ready.Add);
    }

    private void Add(string topic, int partition, int value = 1)
    {
        Span<byte> bytes = stackalloc byte[value];
        bytes.Clear();
        _outbox.Add(new OutputRecord(topic, partition) { Value = bytes, HasValue = true }, 0);
    }

    private List<string> Take(int bytes = int.MaxValue)
    {
        _outbox.Take(Node, bytes, _taken);
        return [.. _taken.Select(static queue => queue.Partition.ToString())];
    }
}
