using System.Globalization;
using UsageStreams.Embedded.Storage;

namespace UsageStreams.Embedded.Groups;

/// <summary>
/// Committed positions of one group, and those staged by open transactions. In the journal first, then in memory.
/// Belongs to its group and is used under the group's lock.
/// </summary>
internal sealed class GroupOffsets(string group, Journal journal)
{
    public const string CommittedPrefix = "offset/";
    public const string StagedPrefix = "staged/";
    private const char Separator = '\n';

    private readonly Dictionary<TopicPartition, CommittedOffset> _committed = [];
    private readonly Dictionary<long, Dictionary<TopicPartition, CommittedOffset>> _staged = [];

    public IReadOnlyCollection<TopicPartition> Partitions => _committed.Keys;

    public bool HasAny => _committed.Count > 0 || _staged.Count > 0;

    public void Commit(IReadOnlyList<OffsetToCommit> offsets)
    {
        journal.Put([.. offsets.Select(item => new JournalChange(CommittedKey(item.Partition), item.Offset.ToBytes()))]);
        foreach (var (partition, offset) in offsets)
            _committed[partition] = offset;
    }

    public void Stage(long producerId, IReadOnlyList<OffsetToCommit> offsets)
    {
        journal.Put([.. offsets.Select(item => new JournalChange(StagedKey(producerId, item.Partition), item.Offset.ToBytes()))]);
        foreach (var (partition, offset) in offsets)
            StagedBy(producerId)[partition] = offset;
    }

    /// <summary>Makes a transaction's positions the group's, or drops them; all in one step of the journal.</summary>
    public void EndTransaction(long producerId, bool commit)
    {
        if (!_staged.TryGetValue(producerId, out var staged))
            return;
        var changes = new List<JournalChange>(staged.Count * 2);
        foreach (var (partition, offset) in staged)
        {
            changes.Add(new JournalChange(StagedKey(producerId, partition), null));
            if (commit)
                changes.Add(new JournalChange(CommittedKey(partition), offset.ToBytes()));
        }

        journal.Put([.. changes]);
        _staged.Remove(producerId);
        if (!commit)
            return;
        foreach (var (partition, offset) in staged)
            _committed[partition] = offset;
    }

    public FetchedOffset Fetch(TopicPartition partition) => new(
        partition,
        _committed.TryGetValue(partition, out var offset) ? offset : CommittedOffset.None,
        _staged.Values.Any(staged => staged.ContainsKey(partition)));

    public bool Delete(TopicPartition partition)
    {
        if (!_committed.ContainsKey(partition))
            return false;
        journal.Put(CommittedKey(partition), null);
        return _committed.Remove(partition);
    }

    public void DeleteTopic(string topic)
    {
        foreach (var partition in _committed.Keys.Where(partition => partition.Topic == topic).ToArray())
            Delete(partition);
    }

    public void DeleteAll()
    {
        journal.Put([.. _committed.Keys.Select(partition => new JournalChange(CommittedKey(partition), null))]);
        _committed.Clear();
    }

    public void RestoreCommitted(TopicPartition partition, CommittedOffset offset) => _committed[partition] = offset;

    public void RestoreStaged(long producerId, TopicPartition partition, CommittedOffset offset) => StagedBy(producerId)[partition] = offset;

    /// <summary>Takes a key apart: producer id (0 for a committed position), group, partition.</summary>
    public static (long ProducerId, string Group, TopicPartition Partition) ParseKey(string key)
    {
        string[] parts = key.Split(Separator);
        long producerId = long.Parse(parts[1], CultureInfo.InvariantCulture);
        return (producerId, parts[2], new TopicPartition(parts[3], int.Parse(parts[4], CultureInfo.InvariantCulture)));
    }

    private Dictionary<TopicPartition, CommittedOffset> StagedBy(long producerId)
    {
        if (!_staged.TryGetValue(producerId, out var staged))
            _staged.Add(producerId, staged = []);
        return staged;
    }

    private string CommittedKey(TopicPartition partition) => Key(CommittedPrefix, 0, partition);

    private string StagedKey(long producerId, TopicPartition partition) => Key(StagedPrefix, producerId, partition);

    private string Key(string prefix, long producerId, TopicPartition partition) => string.Create(
        CultureInfo.InvariantCulture, $"{prefix}{Separator}{producerId}{Separator}{group}{Separator}{partition.Topic}{Separator}{partition.Partition}");
}
