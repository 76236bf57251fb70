using System.Buffers;
using System.Globalization;
using System.Text;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Where a record ended.</summary>
internal enum Outcome
{
    Counted,
    Duplicate,
    Rejected,
    Parked,
}

/// <summary>How the records of a partition under one key ended so far; counts in place.</summary>
internal sealed class OutcomeTally
{
    private readonly long[] _counts = new long[Enum.GetValues<Outcome>().Length];

    /// <summary>As it was kept.</summary>
    public static OutcomeTally From(EventOutcomes kept)
    {
        var tally = new OutcomeTally();
        (tally[Outcome.Counted], tally[Outcome.Duplicate], tally[Outcome.Rejected], tally[Outcome.Parked]) = (kept.Counted, kept.Duplicate, kept.Rejected, kept.Parked);
        return tally;
    }

    public long this[Outcome outcome]
    {
        get => _counts[(int)outcome];
        set => _counts[(int)outcome] = value;
    }

    /// <summary>As it is kept; each record has exactly one outcome, so they add up to what was read.</summary>
    public EventOutcomes ToKeep() => new()
    {
        Read = _counts.Sum(),
        Counted = this[Outcome.Counted],
        Duplicate = this[Outcome.Duplicate],
        Rejected = this[Outcome.Rejected],
        Parked = this[Outcome.Parked],
    };
}

/// <summary>Names a tally: records of the same key can stand in several partitions, when producers choose partitions by themselves.</summary>
internal readonly record struct OutcomeKey(int Partition, string Key);

/// <summary>Keeps the account of where records ended: nothing is dropped without being counted.</summary>
internal sealed class OutcomeCounter(KeyValueStore<OutcomeKey, OutcomeTally> outcomes, int partition)
{
    /// <summary>Counts a record under its key as read.</summary>
    public void Count(byte[]? key, Outcome outcome) => Count(key is null ? string.Empty : Encoding.UTF8.GetString(key), outcome);

    /// <summary>Counts a record under its key.</summary>
    public void Count(string key, Outcome outcome)
    {
        var name = new OutcomeKey(partition, key);
        if (!outcomes.TryGet(name, out var tally)) tally = new OutcomeTally();
        tally[outcome]++;
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
