using System.Text.Json.Nodes;

namespace UsageStreams.Sandbox.Storage;

/// <summary>What both systems hold. A change is in the journal before it is seen.</summary>
internal sealed class RecordStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Journal _journal;
    private readonly TimeProvider _clock;
    private readonly Dictionary<RecordKey, StoredRecord> _records = [];
    private readonly Dictionary<(string System, string Id), RecordKey> _ids = [];
    private long _lastId = 1_000;

    public RecordStore(string directory, TimeProvider clock)
    {
        _clock = clock;
        _journal = new Journal(directory);
        try
        {
            foreach (var line in _journal.Load()) Apply(line);
        }
        catch
        {
            _journal.Dispose();
            throw;
        }
    }

    public StoredRecord? Find(RecordKey key)
    {
        lock (_gate) return _records.GetValueOrDefault(key);
    }

    public StoredRecord? FindById(string system, string id)
    {
        lock (_gate) return _ids.TryGetValue((system, id), out var key) ? _records[key] : null;
    }

    public IReadOnlyList<StoredRecord> All()
    {
        lock (_gate) return [.. _records.Values];
    }

    /// <summary>
    /// Makes or changes records, all in one journal write. A write turns the record at hand (null: there is none) into its
    /// new document, or into null to leave it as it is.
    /// </summary>
    /// <returns>For each write the record afterwards and whether it was made; null for those that left it.</returns>
    public IReadOnlyList<(StoredRecord Record, bool Created)?> Write(
        IReadOnlyList<(RecordKey Key, Func<StoredRecord?, JsonObject?> Change)> writes, Func<long, string> newId)
    {
        lock (_gate)
        {
            var lines = new JournalLine?[writes.Count];
            for (var i = 0; i < writes.Count; i++)
            {
                var (key, change) = writes[i];
                var before = _records.GetValueOrDefault(key);
                if (change(before) is not { } document) continue;
                var id = before?.Id ?? newId(++_lastId);
                lines[i] = new JournalLine(key.System, key.Object, key.ExternalId, id, before is null, _clock.GetUtcNow(), document);
            }

            JournalLine[] effects = [.. lines.OfType<JournalLine>()];
            if (effects.Length > 0) _journal.Append(effects);
            return [.. lines.Select(line => line is null ? ((StoredRecord, bool)?)null : (Apply(line), line.Created))];
        }
    }

    public void Dispose() => _journal.Dispose();

    private StoredRecord Apply(JournalLine line)
    {
        var key = new RecordKey(line.System, line.Object, line.ExternalId);
        var before = _records.GetValueOrDefault(key);
        var record = new StoredRecord(
            key, line.Id, line.Document, (before?.Creates ?? 0) + (line.Created ? 1 : 0), (before?.Updates ?? 0) + (line.Created ? 0 : 1));
        _records[key] = record;
        _ids[(line.System, line.Id)] = key;
        if (before is null) _lastId = Math.Max(_lastId, NumberOf(line.Id));
        return record;
    }

    // Ids are a prefix and a number; the counter goes on behind the largest one after a restart.
    private static long NumberOf(string id)
    {
        var digits = id.AsSpan(id.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1);
        return digits.Length is > 0 and <= 15 ? long.Parse(digits) : 0;
    }
}
