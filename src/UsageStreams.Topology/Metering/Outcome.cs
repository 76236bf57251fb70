using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>How the records of a partition under one key ended so far; counts in place.</summary>
internal sealed class OutcomeTally
{
    private readonly long[] _counts = new long[Enum.GetValues<Outcome>().Length];
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);

    /// <summary>As it was kept.</summary>
    public static OutcomeTally From(EventOutcomes kept)
    {
        var tally = new OutcomeTally();
        (tally[Outcome.Ledger], tally[Outcome.Duplicate], tally[Outcome.Rejected], tally[Outcome.Parked], tally[Outcome.LateRejected]) =
            (kept.Counted, kept.Duplicate, kept.Rejected, kept.Parked, kept.LateRejected);
        foreach (var (reason, count) in kept.Reasons) tally._reasons[reason] = count;
        return tally;
    }

    /// <summary>Counts records; fewer than none when they end elsewhere now.</summary>
    public void Add(Ending ending, long count)
    {
        this[ending.Outcome] += count;
        CollectionsMarshal.GetValueRefOrAddDefault(_reasons, ending.Name, out _) += count;
    }

    /// <summary>As it is kept; each record has exactly one outcome, so they add up to what was read.</summary>
    public EventOutcomes ToKeep() => new()
    {
        Read = _counts.Sum(),
        Counted = this[Outcome.Ledger],
        Duplicate = this[Outcome.Duplicate],
        Rejected = this[Outcome.Rejected],
        Parked = this[Outcome.Parked],
        LateRejected = this[Outcome.LateRejected],
        Reasons = _reasons.Where(static reason => reason.Value != 0).ToDictionary(StringComparer.Ordinal),
    };

    private ref long this[Outcome outcome] => ref _counts[(int)outcome];
}

/// <summary>Names a tally: records of the same key can stand in several partitions, when producers choose partitions by themselves.</summary>
internal readonly record struct OutcomeKey(int Partition, string Key);

/// <summary>Keeps the account of where records ended: nothing is dropped without being counted.</summary>
internal sealed class OutcomeCounter(KeyValueStore<OutcomeKey, OutcomeTally> outcomes, int partition)
{
    /// <summary>Counts records under their key.</summary>
    public void Count(string key, Ending ending, long count = 1)
    {
        var name = new OutcomeKey(partition, key);
        if (!outcomes.TryGet(name, out var tally)) tally = new OutcomeTally();
        tally.Add(ending, count);
        outcomes.Put(name, tally);
    }
}

/// <summary>A tally's name as <c>partition/key</c>.</summary>
internal sealed class OutcomeKeySerde : ISerde<OutcomeKey>
{
    public static OutcomeKeySerde Instance { get; } = new();

    public void Serialize(OutcomeKey value, IBufferWriter<byte> output) =>
        Serdes.Utf8.Serialize(string.Create(CultureInfo.InvariantCulture, $"{value.Partition}/{value.Key}"), output);

    public OutcomeKey Deserialize(ReadOnlySpan<byte> data)
    {
        var text = Serdes.Utf8.Deserialize(data);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            ? new OutcomeKey(partition, text[(slash + 1)..])
            : throw new UndecodableException($"'{text}' is no partition/key.");
    }
}

/// <summary>A tally, kept as its Avro record.</summary>
internal sealed class OutcomeTallySerde(ISerde<EventOutcomes> inner) : ISerde<OutcomeTally>
{
    public void Serialize(OutcomeTally value, IBufferWriter<byte> output) => inner.Serialize(value.ToKeep(), output);

    public OutcomeTally Deserialize(ReadOnlySpan<byte> data) => OutcomeTally.From(inner.Deserialize(data));
}
