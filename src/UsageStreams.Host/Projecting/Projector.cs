using Confluent.Kafka;
using UsageStreams.Host.Kafka;

namespace UsageStreams.Host.Projecting;

/// <summary>Feeds a projection from the topics, all partitions, from the beginning, committed records only, on a thread of its own.</summary>
internal sealed class Projector : IAsyncDisposable
{
    private static readonly TimeSpan LookForTopics = TimeSpan.FromSeconds(2);

    private readonly KafkaAccess _access;
    private readonly Projection _projection;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, long> _next = [];
    private readonly TimeProvider _time;
    private long _applied;

    /// <summary>Starts reading.</summary>
    public Projector(KafkaAccess access, Projection projection, TimeProvider time)
    {
        _access = access;
        _projection = projection;
        _time = time;
        _consumer = new ConsumerBuilder<byte[], byte[]>(access.Reader()).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        Reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Fails when reading does.</summary>
    public Task Reading { get; }

    /// <summary>Records applied so far: when it stands still, nothing happens.</summary>
    public long Applied => Interlocked.Read(ref _applied);

    /// <summary>Looks at the projection while nothing changes it.</summary>
    public T Look<T>(Func<Projection, T> look)
    {
        lock (_gate)
            return look(_projection);
    }

    /// <summary>Waits until everything that stands in the topics now was applied.</summary>
    public async Task CatchUpAsync(CancellationToken cancellation)
    {
        var ends = await Task.Run(Ends, cancellation);
        while (!Passed(ends))
        {
            await Task.WhenAny(Reading, Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancellation));
            if (Reading.IsCompleted)
                await Reading;
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await ((Task)Reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _consumer.Dispose();
        _ending.Dispose();
    }

    private void Read()
    {
        var assigned = new HashSet<TopicPartition>();
        long? looked = null;
        try
        {
            while (!_ending.IsCancellationRequested)
            {
                if (looked is not { } last || _time.GetElapsedTime(last) > LookForTopics)
                {
                    AssignNew(assigned);
                    looked = _time.GetTimestamp();
                }

                if (_consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } record)
                    Apply(record);
            }
        }
        catch (KafkaException error)
        {
            throw Unreachable.Kafka(_access, "reading the topics", error);
        }
    }

    private void Apply(ConsumeResult<byte[], byte[]> record)
    {
        lock (_gate)
        {
            if (record.IsPartitionEOF)
            {
                _next[record.TopicPartition] = record.Offset;
                return;
            }

            _projection.Apply(record);
            _next[record.TopicPartition] = record.Offset + 1;
        }

        Interlocked.Increment(ref _applied);
    }

    // Some topics are made by the worker, later.
    private void AssignNew(HashSet<TopicPartition> assigned)
    {
        var topics = _projection.Topics.Where(topic => !assigned.Any(partition => partition.Topic == topic)).ToList();
        if (topics.Count == 0)
            return;
        var found = TopicReader.Partitions(_access, topics);
        if (found.Count == 0)
            return;
        _consumer.IncrementalAssign(found.Select(static partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        assigned.UnionWith(found);
    }

    private Dictionary<TopicPartition, long> Ends()
    {
        var ends = new Dictionary<TopicPartition, long>();
        // A client of its own: on the reading one's connection each question would wait behind a fetch.
        using var asking = new ConsumerBuilder<byte[], byte[]>(_access.Reader()).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        try
        {
            foreach (var partition in TopicReader.Partitions(_access, _projection.Topics))
            {
                var end = TopicReader.Range(asking, partition);
                if (end.High > end.Low)
                    ends.Add(partition, end.High);
            }
        }
        catch (KafkaException error)
        {
            throw Unreachable.Kafka(_access, "asking for the ends of the topics", error);
        }

        return ends;
    }

    private bool Passed(Dictionary<TopicPartition, long> ends)
    {
        lock (_gate)
            return ends.All(end => _next.GetValueOrDefault(end.Key) >= end.Value);
    }
}
