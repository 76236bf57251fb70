using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>A window of the ledger, from its first event until it is forgotten. Grows in place.</summary>
internal sealed class Window : IAvroRecord<Window>
{
    private Contract? _contract;
    private DateTimeOffset _period;

    public static AvroSchema Schema => WindowState.Schema;

    /// <summary>Contributions that came or were corrected before the lock of the billing period.</summary>
    public WindowTotal Booked { get; private init; } = new();

    /// <summary>All contributions; the same object while they are the booked ones.</summary>
    public WindowTotal Actual => Apart ?? Booked;

    /// <summary>All contributions, once they differ from those booked.</summary>
    public WindowTotal? Apart { get; private set; }

    /// <summary>Whether end and grace have passed: from there on entries are written at once.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Entries written.</summary>
    public int Revision { get; set; }

    /// <summary>What final, late, reversal and correction entries add up to.</summary>
    public Tally Written { get; set; }

    /// <summary>Whether there is such an entry.</summary>
    public bool HasFinal { get; set; }

    /// <summary>What adjustments add up to.</summary>
    public Tally Adjusted { get; set; }

    /// <summary>Start of the billing period of the latest adjustment, Unix milliseconds.</summary>
    public long? AdjustedIn { get; set; }

    /// <summary>Booked events that no entry tells of yet.</summary>
    public Lineage Pending { get; set; } = new();

    /// <summary>First of its contributors, of which each names the next.</summary>
    public Contributor? First { get; set; }

    /// <summary>The next window that is forgotten in the same hour.</summary>
    public WindowKey? Next { get; set; }

    /// <summary>Stands for its key in the names of members; none until it is asked for. Not kept.</summary>
    public EventDigest Name { get; set; }

    /// <summary>Start of the billing period it lies in.</summary>
    /// <param name="contract">Its contract; asked once, unless it is published again.</param>
    /// <param name="start">Start of the window, Unix milliseconds.</param>
    public DateTimeOffset PeriodOf(Contract contract, long start)
    {
        if (!ReferenceEquals(contract, _contract)) (_contract, _period) = (contract, contract.Calendar().PeriodOf(DateTimeOffset.FromUnixTimeMilliseconds(start)).Start);
        return _period;
    }

    /// <summary>From here on the actual contributions are kept beside the booked ones.</summary>
    public void Split() => Apart ??= Booked.Copy();

    public static Window Read(ref AvroReader reader) => new()
    {
        Booked = WindowTotal.Read(ref reader),
        Apart = reader.ReadUnion(2) == 0 ? null : WindowTotal.Read(ref reader),
        IsClosed = reader.ReadBoolean(),
        Revision = reader.ReadInt(),
        Written = Tally.Read(ref reader),
        HasFinal = reader.ReadBoolean(),
        Adjusted = Tally.Read(ref reader),
        AdjustedIn = reader.ReadUnion(2) == 0 ? null : reader.ReadLong(),
        Pending = Lineage.Read(ref reader, PartialPool.Texts),
        First = Contributor.ReadOptional(ref reader),
        Next = reader.ReadUnion(2) == 0 ? null : WindowKeySerde.Read(ref reader),
    };

    public static void Write(Window value, ref AvroWriter writer)
    {
        value.Booked.Write(ref writer);
        writer.WriteUnion(value.Apart is null ? 0 : 1);
        value.Apart?.Write(ref writer);
        writer.WriteBoolean(value.IsClosed);
        writer.WriteInt(value.Revision);
        value.Written.Write(ref writer);
        writer.WriteBoolean(value.HasFinal);
        value.Adjusted.Write(ref writer);
        writer.WriteUnion(value.AdjustedIn is null ? 0 : 1);
        if (value.AdjustedIn is { } period) writer.WriteLong(period);
        value.Pending.Write(ref writer);
        Contributor.WriteOptional(value.First, ref writer);
        writer.WriteUnion(value.Next is null ? 0 : 1);
        if (value.Next is { } next) WindowKeySerde.Write(next, ref writer);
    }
}
