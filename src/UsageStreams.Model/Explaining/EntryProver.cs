namespace UsageStreams.Model;

/// <summary>
/// Proves entries of the ledger: their source ranges are read again, every record is judged by the rules that the entries name, and what they count,
/// their digest and their quantity are worked out anew. All entries of a window are needed, since what one adds depends on what the others hold.
/// </summary>
public sealed class EntryProver
{
    private readonly ReferenceHistory _references;
    private readonly IReadOnlyList<LedgerEntry> _entries;
    private readonly Dictionary<(string Metric, int Version, long Start), List<WindowProver>> _windows = [];
    private readonly Dictionary<(string Metric, int Version), MetricRule> _rules = [];

    /// <param name="references">Reference data, with the versions that the entries name where they are known.</param>
    /// <param name="entries">All entries of the windows concerned, in order of the ledger.</param>
    public EntryProver(ReferenceHistory references, IReadOnlyList<LedgerEntry> entries)
    {
        _references = references;
        _entries = entries;
        foreach (var window in entries.GroupBy(static entry => (entry.Account, entry.Contract, entry.Metric, entry.MetricVersion, entry.WindowStart)))
        {
            var (_, _, metric, version, start) = window.Key;
            references.TryRule(metric, version, out var rule);
            // Without its end: the entry was written while the version held, whatever was said of its end afterwards.
            if (rule is not null) _rules.TryAdd((metric, version), rule.Metric.To is null ? rule : new MetricRule(rule.Metric with { To = null }));
            var name = (metric, version, start.ToUnixTimeMilliseconds());
            if (!_windows.TryGetValue(name, out var provers)) _windows.Add(name, provers = []);
            provers.Add(new WindowProver(references, rule, [.. window]));
        }
    }

    /// <summary>What has to be read: one range for each partition that any of the entries names.</summary>
    public IReadOnlyList<SourceRange> Ranges =>
    [
        .. _entries.SelectMany(static entry => entry.Sources)
            .GroupBy(static source => (source.Topic, source.Partition))
            .Select(static partition => new SourceRange
            {
                Topic = partition.Key.Topic, Partition = partition.Key.Partition,
                FirstOffset = partition.Min(static source => source.FirstOffset), LastOffset = partition.Max(static source => source.LastOffset), Count = 0,
            })
            .OrderBy(static range => range.Topic, StringComparer.Ordinal).ThenBy(static range => range.Partition),
    ];

    /// <summary>Takes a record of the ranges; those of a partition in order.</summary>
    public void Read(EventRecord record)
    {
        if (record.Fault() is not null) return;
        if ((record.Usage!.Retracts ?? record.Usage.Amends) is { } withdrawn)
        {
            foreach (var window in _windows.Values.SelectMany(static provers => provers)) window.Withdraw(record, EventDigest.Of(record.Usage.Tenant, record.Usage.Source, withdrawn));
        }

        if (record.Usage.Retracts is not null) return;
        foreach (var rule in _rules.Values)
        {
            if (MetricCounting.Count(rule, record, out _) is not { } counted) continue;
            if (!_windows.TryGetValue((rule.Code, rule.Version, rule.WindowStart(counted.Time)), out var windows)) continue;
            foreach (var window in windows) window.Consider(counted);
        }
    }

    /// <summary>The proofs, one for each entry, in the entries' order.</summary>
    /// <param name="missing">What of the ranges can't be read any more.</param>
    public IReadOnlyList<EntryProof> Conclude(IReadOnlyList<MissingOffsets> missing)
    {
        var proofs = new Dictionary<string, EntryProof>(StringComparer.Ordinal);
        foreach (var window in _windows.Values.SelectMany(static provers => provers))
        {
            foreach (var proof in window.Conclude(missing)) proofs[proof.Entry.Id] = proof;
        }

        return [.. _entries.Select(entry => proofs[entry.Id])];
    }
}
