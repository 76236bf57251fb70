using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Tests.Runtime;

/// <summary>Clients without a broker: polls do what the test puts by <see cref="OnPoll"/>, in its order; output is kept in memory.</summary>
internal sealed class FakeClients(StreamsOptions options) : ISessionConnector, ISessionClients
{
    private readonly BlockingCollection<Action<StreamSession>> _polls = [];
    private FakeOutput? _output;

    public StreamsOptions Options => options;

    public ILogger Logger => NullLogger.Instance;

    /// <summary>Committed records, of all sessions.</summary>
    public ConcurrentQueue<FakeRecord> Committed { get; } = new();

    public FakeReader Reader { get; private set; } = null!;

    public int Sessions { get; private set; }

    /// <summary>Done by one poll, with the session at hand.</summary>
    public void OnPoll(Action<StreamSession> poll) => _polls.Add(poll);

    public ISessionClients Connect()
    {
        Sessions++;
        return this;
    }

    public SessionOutput Output(TopicLayout topics) => _output = new FakeOutput(topics, Committed);

    public ICatchUpReader CatchUp(string purpose, bool follow) => new NothingToCatchUp();

    public IPastReader Past(TopicPartition partition, PastRequest request) => throw new InvalidOperationException("There is no past here.");

    public Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IReadOnlyList<TopicPartition> partitions) =>
        Task.FromResult<IReadOnlyDictionary<TopicPartition, long>>(partitions.ToDictionary(static p => p, static _ => 0L));

    public IGroupReader Join(StreamSession session, IEnumerable<string> topics) =>
        Reader = new FakeReader(session, [.. topics.Select(static t => new TopicPartition(t, 0))], _polls);

    public IRepartitionPurge Purge() => new NoPurge();

    public void Dispose() => _output?.Dispose();

    private sealed class NothingToCatchUp : ICatchUpReader
    {
        public long Records => 0;

        public bool IsCaughtUp => true;

        public void Add(IReadOnlyList<CatchUpPartition> partitions)
        {
            foreach (CatchUpPartition partition in partitions)
                partition.Begin(0, 0);
        }

        public void Remove(IEnumerable<CatchUpPartition> partitions)
        {
        }

        public long? End(TopicPartition partition) => 0;

        public void Step(int limit, TimeSpan wait)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class NoPurge : IRepartitionPurge
    {
        public bool IsDue => false;

        public void Start(List<TopicPartitionOffset> committed) => throw new InvalidOperationException("Nothing was due.");
    }
}

/// <summary>A member that has every partition from its first poll on.</summary>
internal sealed class FakeReader(StreamSession session, List<TopicPartition> partitions, BlockingCollection<Action<StreamSession>> polls) : IGroupReader
{
    private bool _assigned;

    public HashSet<TopicPartition> PausedPartitions { get; } = [];

    public IConsumerGroupMetadata Metadata => throw new InvalidOperationException("The fake output asks for none.");

    public bool HasMore { get; set; }

    /// <summary>How long the last poll might have waited.</summary>
    public TimeSpan Wait { get; private set; }

    public void Poll(TimeSpan wait)
    {
        Wait = wait;
        if (!_assigned)
        {
            _assigned = true;
            session.Assigned([.. partitions.Select(static p => new TopicPartitionOffset(p, 0))]);
        }
        else if (polls.TryTake(out Action<StreamSession>? poll, wait))
        {
            poll(session);
        }
    }

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyList<TopicPartition> partitions) => [.. partitions.Select(static p => new TopicPartitionOffset(p, 0))];

    public void Pause(TopicPartition partition) => PausedPartitions.Add(partition);

    public void Resume(TopicPartition partition) => PausedPartitions.Remove(partition);

    public void Commit(List<TopicPartitionOffset> offsets)
    {
    }

    public void KeepAlive()
    {
    }

    public long? End(TopicPartition partition) => null;

    public void Close()
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>A record of the output.</summary>
internal sealed record FakeRecord(string Topic, byte[] Key, RecordHeaders Headers);

/// <summary>Keeps what is committed.</summary>
internal sealed class FakeOutput(TopicLayout topics, ConcurrentQueue<FakeRecord> committed) : SessionOutput
{
    private readonly List<FakeRecord> _open = [];

    public override void Begin()
    {
    }

    public override int PartitionCount(string topic) => topics[topic];

    public override void Flush()
    {
    }

    public override void SendOffsets(List<TopicPartitionOffset> offsets, IGroupReader group)
    {
    }

    public override void Commit()
    {
        foreach (FakeRecord record in _open)
            committed.Enqueue(record);
        _open.Clear();
    }

    public override void Abort() => _open.Clear();

    public override void Dispose() => _open.Clear();

    protected override void Write(in OutputRecord record) => _open.Add(new FakeRecord(record.Topic, record.Key.ToArray(), record.Headers));
}
