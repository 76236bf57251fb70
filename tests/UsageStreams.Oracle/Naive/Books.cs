using System.Numerics;

namespace UsageStreams.Oracle.Naive;

/// <summary>Names a window of the ledger.</summary>
internal readonly record struct LedgerWindow(string Account, string Contract, string Metric, int Version, long Start)
{
    public override string ToString() => $"{Account}/{Contract}/{Metric}@{Version}/{DateTimeOffset.FromUnixTimeMilliseconds(Start):yyyy-MM-dd'T'HH:mm}";
}

/// <summary>What all entries of a window come to.</summary>
/// <param name="Quantity">Sum of all quantities.</param>
/// <param name="Count">Events.</param>
/// <param name="Digest">Sum of their identities.</param>
/// <param name="Adjusted">The part of the quantity that came after the lock.</param>
internal sealed record WindowSum(decimal Quantity, long Count, BigInteger Digest, decimal Adjusted)
{
    /// <summary>Whether events were recounted after they were booked: what of them is an adjustment depends on when that was.</summary>
    public bool IsCorrected { get; init; }

    /// <summary>A window without events.</summary>
    public static WindowSum Empty { get; } = new(0, 0, BigInteger.Zero, 0);

    /// <summary>In what another window differs from this one, for a person; null when in nothing.</summary>
    public string? DifferenceTo(WindowSum other) =>
        Quantity != other.Quantity ? $"quantity {Quantity}, not {other.Quantity}"
        : Count != other.Count ? $"events {Count}, not {other.Count}"
        : Digest != other.Digest ? "the digest of other events"
        : !other.IsCorrected && Adjusted != other.Adjusted ? $"adjusted {Adjusted}, not {other.Adjusted}"
        : null;
}

/// <summary>What a load comes to: the ledger, where events ended, the running totals. Both the oracle and the topology give one.</summary>
/// <param name="Windows">Windows whose events are not none.</param>
/// <param name="Outcomes">Events by record key and outcome/reason; by outcome alone; and those read.</param>
/// <param name="Running">Totals by account/metric/start of period.</param>
/// <param name="Exceptions">Events concerned now, by kind and reason.</param>
internal sealed record Books(
    IReadOnlyDictionary<LedgerWindow, WindowSum> Windows,
    IReadOnlyDictionary<(string Key, string Outcome), long> Outcomes,
    IReadOnlyDictionary<string, decimal> Running,
    IReadOnlyDictionary<string, long> Exceptions);
