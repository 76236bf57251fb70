using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>Reads tenants one by one, checks each, and spools those that are new or changed.</summary>
internal sealed class TenantImport(ReferenceSet<Account> accounts, string topic, ImportFaults faults, string actor, string reason) : IDisposable
{
    private readonly Dictionary<string, string> _broken = new(StringComparer.Ordinal);
    private readonly TenantIndex _index = new();

    /// <summary>What is to be published.</summary>
    public TenantSpool Spool { get; } = new();

    /// <summary>New tenants of the files.</summary>
    public int Added { get; private set; }

    /// <summary>Tenants of the files.</summary>
    public int Total { get; private set; }

    /// <summary>Takes over a record of the topic; null deletes it. The last one of an id counts.</summary>
    public void Publish(string id, Tenant? tenant)
    {
        _index.Publish(id, tenant);
        if (tenant?.Assignments.FirstOrDefault(assignment => !accounts.Has(assignment.Account)) is { } broken)
            _broken[id] = broken.Account;
        else
            _broken.Remove(id);
    }

    /// <summary>Takes over the tenants of files.</summary>
    public void Read(IReadOnlyList<RowFile> files)
    {
        for (var number = 0; number < files.Count; number++)
        {
            foreach (var group in files[number].Groups(faults))
                Read(group, files, number);
        }
    }

    /// <summary>Tells published tenants that lead to accounts which will not be there.</summary>
    /// <param name="areRemoved">Whether tenants that are in no file are taken out.</param>
    public void CheckOthers(bool areRemoved)
    {
        foreach (var (id, account) in _broken.Where(tenant => !areRemoved && !_index.IsInFile(tenant.Key)))
            faults.Add(new Place(topic, 0), $"tenant {id} belongs to account {account}, which there is none of; import either.");
    }

    /// <summary>Whether a published tenant is in no file.</summary>
    public bool IsOther(string id) => !_index.IsInFile(id);

    public void Dispose() => Spool.Dispose();

    private void Read(RowGroup group, IReadOnlyList<RowFile> files, int number)
    {
        Total++;
        foreach (var row in group.Rows)
        {
            if (row.Text("account") is { Length: > 0 } account && !accounts.Has(account))
                row.Fault($"tenant {group.Id} belongs to account {account}, which there is none of; import it too.");
        }

        var tenant = RecordKinds.Tenants.Build(group);
        var changed = _index.Read(tenant, number, group.First.Place.Line, out var before);
        if (before.Line > 0)
            group.First.Fault($"{group.Id} stands at {new Place(files[before.File].Path, before.Line)} already; the rows of an id stand together, in one file.");
        if (before.Version == 0)
            Added++;
        // With a fault nothing is published, and the rest is read to tell what else is wrong.
        if (changed && faults.Count == 0)
            Spool.Add(tenant with { Version = before.Version + 1, Actor = actor, Reason = reason });
    }
}
