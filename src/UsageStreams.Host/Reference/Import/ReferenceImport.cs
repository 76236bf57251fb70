using UsageStreams.Avro;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>
/// Brings files of reference data into the topics: all of what the topics and the files say together is checked before anything is published, and
/// nothing is when there is a fault.
/// </summary>
internal sealed class ReferenceImport : IDisposable
{
    private readonly ReferenceTopics _topics;
    private readonly ReferenceImportOptions _options;
    private readonly ReferenceState _state;
    private readonly TenantImport _tenants;
    private readonly List<(string Topic, string Id)> _removed = [];

    public ReferenceImport(ReferenceTopics topics, ReferenceImportOptions options)
    {
        (_topics, _options) = (topics, options);
        _state = new ReferenceState(topics.Names);
        _tenants = new TenantImport(_state.Accounts, topics.Names.Tenants, Faults, options.Actor, options.Reason);
    }

    /// <summary>What is wrong; nothing is published when anything is.</summary>
    public ImportFaults Faults { get; } = new();

    /// <summary>Reads topics and files, and checks.</summary>
    public void Check(CancellationToken cancellation)
    {
        Read(_state.Products, cancellation);
        Read(_state.Contracts, cancellation);
        Read(_state.Accounts, cancellation);
        _state.Check(Faults);
        var files = _options.Of(ReferenceKind.Tenants);
        _topics.Read<Tenant>(_topics.Names.Tenants, _tenants.Publish, cancellation);
        _tenants.Read(files);
        _tenants.CheckOthers(RemovesOthers(files));
    }

    /// <summary>Publishes what is new or changed: what is led to before what leads there, so that a reader never finds a link without its end.</summary>
    /// <returns>What was done, or would be.</returns>
    public IReadOnlyList<ImportedKind> Publish(CancellationToken cancellation)
    {
        if (Faults.Count > 0)
            throw new InvalidOperationException("A reference import with faults was to be published; look at Faults first.");
        var others = RemovesOthers(_options.Of(ReferenceKind.Tenants)) ? OtherTenants(cancellation) : [];
        using var output = _options.CheckOnly ? null : _topics.Open();
        var done = new List<ImportedKind>
        {
            Publish(output, _state.Products, cancellation),
            Publish(output, _state.Contracts, cancellation),
            Publish(output, _state.Accounts, cancellation),
            new(ReferenceKind.Tenants, _tenants.Added, _tenants.Spool.Count - _tenants.Added, _tenants.Total - _tenants.Spool.Count, others.Count),
        };
        output?.Publish(_topics.Names.Tenants, _tenants.Spool.ReadAll().Select(static tenant => KeyValuePair.Create(tenant.Id, (Tenant?)tenant)), cancellation);
        output?.Publish<Tenant>(_topics.Names.Tenants, others.Select(static id => KeyValuePair.Create(id, (Tenant?)null)), cancellation);
        Remove<Account>(output, _state.Accounts.Topic, cancellation);
        Remove<Contract>(output, _state.Contracts.Topic, cancellation);
        Remove<Product>(output, _state.Products.Topic, cancellation);
        return done;
    }

    public void Dispose() => _tenants.Dispose();

    private void Read<T>(ReferenceSet<T> set, CancellationToken cancellation)
        where T : class, IAvroRecord<T>
    {
        _topics.Read<T>(set.Topic, set.Publish, cancellation);
        var files = _options.Of(set.Kind.Kind);
        foreach (var file in files)
            set.Read(file, Faults);
        if (RemovesOthers(files))
            _removed.AddRange(set.RemoveOthers().Select(id => (set.Topic, id)));
    }

    private ImportedKind Publish<T>(ReferenceOutput? output, ReferenceSet<T> set, CancellationToken cancellation)
        where T : class, IAvroRecord<T>
    {
        var fromFiles = set.Entries.Where(static entry => entry.Place.IsFile).ToList();
        var changed = fromFiles.Where(entry => entry.Published is not { } published || !set.Kind.Content(published).AsSpan().SequenceEqual(set.Kind.Content(entry.Value))).ToList();
        var added = changed.Count(static entry => entry.Published is null);
        output?.Publish(set.Topic, changed.Select(entry => KeyValuePair.Create(set.Kind.Id(entry.Value), (T?)Stamped(set.Kind, entry))), cancellation);
        return new ImportedKind(set.Kind.Kind, added, changed.Count - added, fromFiles.Count - changed.Count, _removed.Count(removed => removed.Topic == set.Topic));
    }

    private T Stamped<T>(RecordKind<T> kind, ReferenceEntry<T> entry)
        where T : class, IAvroRecord<T> =>
        kind.Stamp(entry.Value, entry.Published is { } published ? kind.Version(published) + 1 : 1, _options.Actor, _options.Reason);

    private void Remove<T>(ReferenceOutput? output, string topic, CancellationToken cancellation)
        where T : class, IAvroRecord<T> =>
        output?.Publish<T>(topic, _removed.Where(removed => removed.Topic == topic).Select(static removed => KeyValuePair.Create(removed.Id, (T?)null)), cancellation);

    private HashSet<string> OtherTenants(CancellationToken cancellation)
    {
        var others = new HashSet<string>(StringComparer.Ordinal);
        _topics.Read<Tenant>(_topics.Names.Tenants, (id, tenant) => Note(others, id, tenant is not null && _tenants.IsOther(id)), cancellation);
        return others;
    }

    private static void Note(HashSet<string> ids, string id, bool isIn)
    {
        if (isIn)
            ids.Add(id);
        else
            ids.Remove(id);
    }

    private bool RemovesOthers(IReadOnlyList<RowFile> files) => _options.Replace && files.Count > 0;
}
