using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;

namespace UsageStreams.Embedded.Topics;

/// <summary>
/// All topics. Looking one up needs no lock; creating, deleting and changing them happens under one lock, written to the journal first.
/// Files lie in topics/NAME@ID/PARTITION, so a topic created again never meets the files of its predecessor.
/// </summary>
internal sealed class TopicStore : IDisposable
{
    private const string KeyPrefix = "topic/";

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly Journal _journal;
    private readonly LogSettings _settings;
    private readonly ILogger _logger;

    private TopicStore(string folder, Journal journal, LogSettings settings, ILogger logger)
    {
        (_folder, _journal, _settings, _logger) = (folder, journal, settings, logger);
    }

    public IEnumerable<Topic> All => _topics.Values;

    public static TopicStore Open(string dataDirectory, Journal journal, LogSettings settings, ILogger logger)
    {
        string folder = Path.Combine(dataDirectory, "topics");
        Directory.CreateDirectory(folder);
        var store = new TopicStore(folder, journal, settings, logger);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, value) in journal.Scan(KeyPrefix))
        {
            var record = TopicRecord.FromBytes(value);
            var logs = record.LogStarts.Select((start, partition) => store.OpenPartition(record.Name, record.Id, partition, start, record.Configs));
            store._topics[record.Name] = new Topic(record.Name, record.Id, [.. logs], record.Configs);
            kept.Add(store.TopicFolder(record.Name, record.Id));
        }

        foreach (string orphan in Directory.EnumerateDirectories(folder).Where(path => !kept.Contains(path)).ToArray())
        {
            BrokerLog.OrphanRemoved(logger, orphan);
            Directory.Delete(orphan, recursive: true);
        }

        return store;
    }

    public Topic? Find(string name) => _topics.GetValueOrDefault(name);

    public Topic? Find(Guid id) => _topics.Values.FirstOrDefault(topic => topic.Id == id);

    public PartitionLog? FindPartition(string name, int partition) => Find(name)?.Partition(partition);

    public (ErrorCode Error, Topic? Topic) Create(string name, int partitions, IReadOnlyDictionary<string, string> configs)
    {
        lock (_gate)
        {
            if (Find(name) is not null)
                return (ErrorCode.TopicAlreadyExists, null);
            var id = Guid.NewGuid();
            _journal.Put(KeyPrefix + name, new TopicRecord(name, id, configs, new long[partitions]).ToBytes());
            var logs = Enumerable.Range(0, partitions).Select(partition => OpenPartition(name, id, partition, 0, configs));
            return (ErrorCode.None, _topics[name] = new Topic(name, id, [.. logs], configs));
        }
    }

    public ErrorCode Delete(string name)
    {
        lock (_gate)
        {
            if (Find(name) is not { } topic)
                return ErrorCode.UnknownTopicOrPartition;
            _journal.Put(KeyPrefix + name, null);
            _topics.TryRemove(name, out _);
            foreach (var log in topic.Partitions)
                log.Dispose();
            Directory.Delete(TopicFolder(topic.Name, topic.Id), recursive: true);
            return ErrorCode.None;
        }
    }

    public ErrorCode Configure(string name, IReadOnlyDictionary<string, string> configs)
    {
        lock (_gate)
            return Replace(name, topic => topic with { Configs = configs });
    }

    public ErrorCode AddPartitions(string name, int count)
    {
        lock (_gate)
        {
            return Replace(name, topic => topic with
            {
                Partitions =
                [
                    .. topic.Partitions,
                    .. Enumerable.Range(topic.Partitions.Count, count - topic.Partitions.Count)
                        .Select(partition => OpenPartition(name, topic.Id, partition, 0, topic.Configs)),
                ],
            });
        }
    }

    /// <summary>Moves the start of a partition's log; see <see cref="PartitionLog.DeleteBefore"/>.</summary>
    public long? DeleteRecords(PartitionLog log, long offset)
    {
        lock (_gate)
        {
            if (log.DeleteBefore(offset) is not { } start || Find(log.Topic) is not { } topic)
                return null;
            _journal.Put(KeyPrefix + topic.Name, ToRecord(topic).ToBytes());
            return start;
        }
    }

    public void Dispose()
    {
        foreach (var log in _topics.Values.SelectMany(topic => topic.Partitions))
            log.Dispose();
    }

    private ErrorCode Replace(string name, Func<Topic, Topic> change)
    {
        if (Find(name) is not { } topic)
            return ErrorCode.UnknownTopicOrPartition;
        var changed = change(topic);
        // A copy made by "with" keeps derived properties of the original, so it is built anew.
        changed = new Topic(changed.Name, changed.Id, changed.Partitions, changed.Configs);
        _journal.Put(KeyPrefix + name, ToRecord(changed).ToBytes());
        _topics[name] = changed;
        return ErrorCode.None;
    }

    private PartitionLog OpenPartition(string topic, Guid id, int partition, long start, IReadOnlyDictionary<string, string> configs)
    {
        var settings = configs.TryGetValue(TopicConfigs.SegmentBytes, out string? bytes)
            ? _settings with { SegmentBytes = int.Parse(bytes, CultureInfo.InvariantCulture) }
            : _settings;
        string folder = Path.Combine(TopicFolder(topic, id), partition.ToString(CultureInfo.InvariantCulture));
        return PartitionLog.Open(topic, partition, folder, start, settings, _logger);
    }

    private string TopicFolder(string name, Guid id) => Path.Combine(_folder, $"{name}@{id:N}");

    private static TopicRecord ToRecord(Topic topic) =>
        new(topic.Name, topic.Id, topic.Configs, [.. topic.Partitions.Select(log => log.Bounds.Start)]);
}
