using UsageStreams.Avro;

namespace UsageStreams.Host.Reference.Import;

/// <summary>The records of one kind as they will be: those of the files in place of the published ones of the same id.</summary>
internal sealed class ReferenceSet<T>(RecordKind<T> kind, string topic)
    where T : class, IAvroRecord<T>
{
    private readonly Dictionary<string, ReferenceEntry<T>> _entries = new(StringComparer.Ordinal);

    public RecordKind<T> Kind => kind;

    public string Topic => topic;

    public IReadOnlyCollection<ReferenceEntry<T>> Entries => _entries.Values;

    public bool Has(string id) => _entries.ContainsKey(id);

    public ReferenceEntry<T>? Find(string id) => _entries.GetValueOrDefault(id);

    /// <summary>Takes over a record of the topic; null deletes it.</summary>
    public void Publish(string id, T? value)
    {
        if (value is null)
            _entries.Remove(id);
        else
            _entries[id] = new ReferenceEntry<T>(value, value, new Place(topic, 0), null);
    }

    /// <summary>Takes over the records of a file.</summary>
    public void Read(RowFile file, ImportFaults faults)
    {
        foreach (var group in file.Groups(faults))
        {
            var known = _entries.GetValueOrDefault(group.Id);
            if (known is { Place.IsFile: true })
                group.First.Fault($"{group.Id} stands at {known.Place} already; the rows of an id stand together, in one file.");
            long[]? lines = group.Rows.Count == 1 ? null : [.. group.Rows.Select(static row => row.Place.Line)];
            _entries[group.Id] = new ReferenceEntry<T>(kind.Build(group), known?.Published, group.First.Place, lines);
        }
    }

    /// <summary>Takes out what is in no file: the files are all there is.</summary>
    /// <returns>The ids taken out.</returns>
    public IReadOnlyList<string> RemoveOthers()
    {
        var others = _entries.Where(static entry => !entry.Value.Place.IsFile).Select(static entry => entry.Key).ToList();
        others.ForEach(id => _entries.Remove(id));
        return others;
    }
}

/// <summary>A record as it will be.</summary>
/// <param name="Value">What it will be; its version is not yet given.</param>
/// <param name="Published">What it is, or null when it is new.</param>
/// <param name="Place">Where it comes from.</param>
/// <param name="Lines">Lines of its rows, when it has several.</param>
internal sealed record ReferenceEntry<T>(T Value, T? Published, Place Place, long[]? Lines)
    where T : class
{
    /// <summary>The place of one of its rows.</summary>
    public Place RowAt(int index) => Lines is null || index >= Lines.Length ? Place : Place with { Line = Lines[index] };
}
