using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Streams.Internal.Tables;

/// <summary>
/// The values that each key had, and since when. What ended to be valid before the retention is forgotten; of each key the newest stays.
/// </summary>
internal sealed class VersionHistory<TKey, TValue>(TimeSpan retention)
    where TKey : notnull
{
    private readonly Dictionary<TKey, List<Version>> _versions = [];
    private readonly long _retention = (long)retention.TotalMilliseconds;
    private long _newest = long.MinValue;

    /// <summary>Keeps a value; one of the same time replaces it.</summary>
    /// <returns>Whether it is the key's newest.</returns>
    public bool Put(TKey key, long validFrom, TValue value) => Add(key, new Version(validFrom, value, IsDeleted: false));

    /// <summary>Notes that a key had no value from then on.</summary>
    /// <returns>Whether that is the key's newest state.</returns>
    public bool Delete(TKey key, long validFrom) => Add(key, new Version(validFrom, default!, IsDeleted: true));

    public bool TryGet(TKey key, long time, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!_versions.TryGetValue(key, out List<Version>? versions))
            return false;
        int after = IndexAfter(versions, time);
        if (after == 0 || versions[after - 1].IsDeleted)
            return false;
        value = versions[after - 1].Value;
        return true;
    }

    private bool Add(TKey key, Version version)
    {
        if (!_versions.TryGetValue(key, out List<Version>? versions))
            _versions.Add(key, versions = []);
        int after = IndexAfter(versions, version.ValidFrom);
        if (after > 0 && versions[after - 1].ValidFrom == version.ValidFrom)
            versions[--after] = version;
        else
            versions.Insert(after, version);
        _newest = Math.Max(_newest, version.ValidFrom);
        bool newest = after == versions.Count - 1;
        Trim(key, versions);
        return newest;
    }

    /// <summary>Drops versions whose successor was valid before the retention began.</summary>
    private void Trim(TKey key, List<Version> versions)
    {
        long bound = _newest - _retention;
        int ended = Math.Max(0, IndexAfter(versions, bound) - 1);
        if (ended > 0)
            versions.RemoveRange(0, ended);
        if (versions.Count == 1 && versions[0].IsDeleted && versions[0].ValidFrom < bound)
            _versions.Remove(key);
    }

    /// <summary>Index of the first version that is valid only after <paramref name="time"/>.</summary>
    private static int IndexAfter(List<Version> versions, long time)
    {
        (int low, int high) = (0, versions.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (versions[middle].ValidFrom <= time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private readonly record struct Version(long ValidFrom, TValue Value, bool IsDeleted);
}
