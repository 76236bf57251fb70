namespace UsageStreams.Host.Once;

/// <summary>
/// The terms that every account of an imported access log is given, said a second time: what the invoices must come to is computed
/// from here, what they do come to from the contracts in <c>ref.contracts</c>.
/// </summary>
internal static class RecountTerms
{
    public const string ApiCalls = "api.calls";
    public const string BytesOut = "bytes.out";
    public const string ActiveUsers = "active.users";

    /// <summary>What a month of a metric costs, in dollars.</summary>
    public static decimal Amount(string metric, decimal quantity)
    {
        var (included, price) = metric switch
        {
            ApiCalls => (50m, 0.005m),
            BytesOut => (1_000_000m, 0.0000001m),
            ActiveUsers => (2m, 0.25m),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "no terms for this metric: api.calls, bytes.out and active.users have some"),
        };
        return decimal.Round(Math.Max(0, quantity - included) * price, 2, MidpointRounding.AwayFromZero);
    }
}
