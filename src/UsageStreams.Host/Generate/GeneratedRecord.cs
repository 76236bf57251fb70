using UsageStreams.Model;

namespace UsageStreams.Host.Generate;

/// <summary>What a generated record is, and so what must become of it.</summary>
internal enum GeneratedKind
{
    /// <summary>An event seen for the first time, of a known tenant: counted.</summary>
    Event,

    /// <summary>An event that came before: recognised.</summary>
    Duplicate,

    /// <summary>An event of a tenant without reference data: parked.</summary>
    UnknownTenant,

    /// <summary>Bytes that are no Avro: rejected.</summary>
    Undecodable,

    /// <summary>An id that came before, with another quantity: rejected, the first stays.</summary>
    Conflict,

    /// <summary>An event that takes an earlier one back: counted as a correction, and the earlier one no more.</summary>
    Retraction,

    /// <summary>Avro with a field that no event may have: rejected.</summary>
    Invalid,
}

/// <summary>One record of a generated load.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">The record's key.</param>
/// <param name="Event">The event; null for undecodable records.</param>
/// <param name="Bytes">The value of an undecodable record; null for events.</param>
internal readonly record struct GeneratedRecord(GeneratedKind Kind, string Key, UsageEvent? Event, byte[]? Bytes);
