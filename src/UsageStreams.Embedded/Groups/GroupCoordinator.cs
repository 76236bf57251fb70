using System.Collections.Concurrent;
using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Groups;

/// <summary>All groups by name.</summary>
internal sealed class GroupCoordinator(GroupSettings settings) : IDisposable
{
    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);

    public IEnumerable<Group> All => _groups.Values;

    public Group? Find(string id) => _groups.GetValueOrDefault(id);

    public Group GetOrCreate(string id) => _groups.TryGetValue(id, out var group) ? group : Create(id);

    public void Load()
    {
        foreach (var (key, value) in settings.Journal.Scan(GroupOffsets.CommittedPrefix))
            RestoreOffset(key, value, staged: false);
        foreach (var (key, value) in settings.Journal.Scan(GroupOffsets.StagedPrefix))
            RestoreOffset(key, value, staged: true);
        foreach (var (key, value) in settings.Journal.Scan(GroupRecord.KeyPrefix))
            GetOrCreate(key[GroupRecord.KeyPrefix.Length..]).Restore(GroupRecord.FromBytes(value));
    }

    public ErrorCode Delete(string id)
    {
        if (Find(id) is not { } group)
            return ErrorCode.GroupIdNotFound;
        var error = group.Delete();
        if (error == ErrorCode.None && _groups.TryRemove(KeyValuePair.Create(id, group)))
            group.Dispose();
        return error;
    }

    /// <summary>Positions in a deleted topic are forgotten, so that a topic created again is read from its start.</summary>
    public void ForgetTopic(string topic)
    {
        foreach (var group in _groups.Values)
            group.ForgetTopic(topic);
    }

    public void Dispose()
    {
        foreach (var group in _groups.Values)
            group.Dispose();
    }

    private Group Create(string id)
    {
        var created = new Group(id, settings);
        var group = _groups.GetOrAdd(id, created);
        if (!ReferenceEquals(group, created))
            created.Dispose();
        return group;
    }

    private void RestoreOffset(string key, byte[] value, bool staged)
    {
        var (producerId, group, partition) = GroupOffsets.ParseKey(key);
        GetOrCreate(group).RestoreOffset(producerId, partition, CommittedOffset.FromBytes(value), staged);
    }
}
