using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Tests.Sessions;

/// <summary>
/// A group and a log for one session after the other, whose polls do what a test tells them, in the order that it tells. What is committed, output and
/// offset, outlives the sessions.
/// </summary>
internal sealed class ScriptedGroup : ISessionConnector, ISessionClients
{
    public StreamsOptions Options { get; init; } = new() { ApplicationId = "scripted", Connection = new KafkaConnection("scripted:1"), CommitInterval = TimeSpan.FromMilliseconds(1) };

    public ILogger Logger => NullLogger.Instance;

    /// <summary>Partitions of the input that are assigned.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Partitions whose state is still being restored.</summary>
    public HashSet<int> Restoring { get; } = [];

    /// <summary>Records of changelogs that are to be followed and not read yet.</summary>
    public int Unfollowed { get; set; }

    /// <summary>How long each poll might have waited.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Values of the input's first partition.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Committed values of the output.</summary>
    public List<string> Committed { get; } = [];

    /// <summary>The group's committed offset.</summary>
    public Offset Offset { get; private set; } = Offset.Beginning;

    /// <summary>What the next polls do; when there are no more, they read on.</summary>
    public Queue<Action<Reader>> Polls { get; } = new();

    public ISessionClients Connect() => this;

    public SessionOutput Output(TopicLayout topics) => new ScriptedOutput(this);

    public ICatchUpReader CatchUp(string purpose, bool follow) => new ScriptedCatchUp(this, follow);

    public IPastReader Past(TopicPartition partition, PastRequest request) => throw new InvalidOperationException("There is no past here.");

    public Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IReadOnlyList<TopicPartition> partitions) =>
        Task.FromResult<IReadOnlyDictionary<TopicPartition, long>>(partitions.ToDictionary(static p => p, static _ => 0L));

    public IGroupReader Join(StreamSession session, IEnumerable<string> topics) => new Reader(this, session);

    public IRepartitionPurge Purge() => new NoPurge();

    public void Dispose()
    {
    }

    /// <summary>The only member.</summary>
    internal sealed class Reader(ScriptedGroup group, StreamSession session) : IGroupReader
    {
        private long _position;

        public bool Owns { get; private set; }

        public IConsumerGroupMetadata Metadata { get; } = new Generation();

        public bool HasMore => false;

        public void Poll(TimeSpan wait)
        {
            group.Waits.Add(wait);
            if (group.Polls.TryDequeue(out Action<Reader>? script))
                script(this);
            else if (!Owns)
                Assign();
            else
                HandOver(Fetch());
        }

        /// <summary>Takes from the log what the client has fetched; to be handed over, or not.</summary>
        public List<(long Offset, string Value)> Fetch() => Fetch(group.Log.Count);

        /// <summary>The same, below <paramref name="end"/>.</summary>
        public List<(long Offset, string Value)> Fetch(int end)
        {
            var fetched = new List<(long, string)>();
            for (; _position < end; _position++)
                fetched.Add((_position, group.Log[(int)_position]));
            return fetched;
        }

        public void HandOver(IEnumerable<(long Offset, string Value)> records)
        {
            foreach ((long offset, string value) in records)
            {
                session.Take(session.Slot(new TopicPartition("in", 0)), new InputRecord(offset, 0)
                {
                    Key = "k"u8, HasKey = true, Value = System.Text.Encoding.UTF8.GetBytes(value), HasValue = true,
                });
            }
        }

        public void Assign()
        {
            Owns = true;
            _position = Math.Max(0, group.Offset.Value);
            session.Assigned([.. Enumerable.Range(0, group.Partitions).Select(p => new TopicPartitionOffset("in", p, group.Offset))]);
        }

        public void Revoke()
        {
            session.Revoked([.. Enumerable.Range(0, group.Partitions).Select(static p => new TopicPartition("in", p))]);
            Owns = false;
        }

        public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyList<TopicPartition> partitions) =>
            [.. partitions.Select(partition => new TopicPartitionOffset(partition, group.Offset == Offset.Beginning ? Offset.Unset : group.Offset))];

        public void Pause(TopicPartition partition)
        {
        }

        public void Resume(TopicPartition partition)
        {
        }

        public void Commit(List<TopicPartitionOffset> offsets) => throw new NotSupportedException("The session commits by transactions.");

        public void KeepAlive()
        {
        }

        public long? End(TopicPartition partition) => group.Log.Count;

        public void Close()
        {
        }

        public void Dispose()
        {
        }

        private sealed class Generation : IConsumerGroupMetadata;
    }

    private sealed class ScriptedOutput(ScriptedGroup group) : SessionOutput
    {
        private readonly List<string> _open = [];
        private Offset _offset = Offset.Unset;

        public override int PartitionCount(string topic) => 1;

        public override void Begin()
        {
        }

        public override void Flush()
        {
        }

        public override void SendOffsets(List<TopicPartitionOffset> offsets, IGroupReader reader) => _offset = offsets[0].Offset;

        public override void Commit()
        {
            group.Committed.AddRange(_open);
            group.Offset = _offset;
            _open.Clear();
        }

        public override void Abort() => _open.Clear();

        public override void Dispose()
        {
        }

        protected override void Write(in OutputRecord record)
        {
            if (record.Topic == "out")
                _open.Add(System.Text.Encoding.UTF8.GetString(record.Value));
        }
    }

    /// <summary>Partitions with nothing to read, except those of which the test says that they are still being read.</summary>
    private sealed class ScriptedCatchUp(ScriptedGroup group, bool follow) : ICatchUpReader
    {
        private readonly List<CatchUpPartition> _reading = [];

        public long Records { get; private set; }

        public bool IsCaughtUp => _reading.TrueForAll(static p => p.IsDone);

        public void Add(IReadOnlyList<CatchUpPartition> partitions)
        {
            foreach (CatchUpPartition partition in partitions)
            {
                partition.Begin(0, 1);
                _reading.Add(partition);
            }
        }

        public void Remove(IEnumerable<CatchUpPartition> partitions) => _reading.RemoveAll(partitions.Contains);

        public long? End(TopicPartition partition) => 1 + Records + group.Unfollowed;

        public void Step(int limit, TimeSpan wait)
        {
            foreach (CatchUpPartition partition in _reading.Where(p => !group.Restoring.Contains(p.Partition.Partition.Value)))
                partition.Reached(1 + Records);
            if (follow && _reading.Count > 0)
                Follow(Math.Min(limit, group.Unfollowed));
        }

        public void Dispose() => _reading.Clear();

        private void Follow(int count)
        {
            Records += count;
            group.Unfollowed -= count;
            _reading.ForEach(p => p.Reached(1 + Records));
        }
    }

    private sealed class NoPurge : IRepartitionPurge
    {
        public bool IsDue => false;

        public void Start(List<TopicPartitionOffset> committed)
        {
        }
    }
}
