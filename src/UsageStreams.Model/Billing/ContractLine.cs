namespace UsageStreams.Model;

public sealed partial record ContractLine
{
    /// <summary>
    /// Prices the usage of a whole period: what is beyond the included quantity, each unit at the unit price, rounded once.
    /// </summary>
    /// <param name="quantity">Used in the period.</param>
    /// <param name="digits">Digits after the decimal point of an amount in the contract's currency.</param>
    public RatedUsage Rate(decimal quantity, int digits)
    {
        var included = Math.Min(Math.Max(quantity, 0), Included);
        var billable = Math.Max(quantity - Included, 0);
        return new RatedUsage(quantity, included, billable, Rounding.HalfAwayFromZero(billable * UnitPrice, digits));
    }
}

/// <summary>Usage of a period and what it costs.</summary>
/// <param name="Quantity">Used.</param>
/// <param name="Included">Of it, covered by the contract.</param>
/// <param name="Billable">Of it, to be paid.</param>
/// <param name="Amount">Price, rounded to the currency.</param>
public readonly record struct RatedUsage(decimal Quantity, decimal Included, decimal Billable, decimal Amount);
