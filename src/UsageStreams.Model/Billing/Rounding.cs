namespace UsageStreams.Model;

/// <summary>The one place where money and billed quantities are rounded.</summary>
public static class Rounding
{
    /// <summary>Commercial rounding: to the nearest, a half away from zero.</summary>
    /// <param name="amount">Any amount.</param>
    /// <param name="digits">Digits to keep, 0 to 28.</param>
    public static decimal HalfAwayFromZero(decimal amount, int digits) => Math.Round(amount, digits, MidpointRounding.AwayFromZero);

    /// <summary>Rounds a billing period's quantity by its metric's rule, once, before it is priced.</summary>
    /// <param name="quantity">The period's quantity.</param>
    /// <param name="rule">The rule; null leaves the quantity as it is.</param>
    /// <exception cref="ModelException">The rule has a mode that is unknown here.</exception>
    public static decimal Quantity(decimal quantity, QuantityRounding? rule) => rule is null ? quantity : Math.Round(quantity, rule.Digits, rule.Mode switch
    {
        RoundingMode.HalfAwayFromZero => MidpointRounding.AwayFromZero,
        RoundingMode.HalfEven => MidpointRounding.ToEven,
        RoundingMode.Up => MidpointRounding.ToPositiveInfinity,
        RoundingMode.Down => MidpointRounding.ToNegativeInfinity,
        _ => throw new ModelException($"Rounding mode '{rule.Mode}' is unknown; use halfAwayFromZero, halfEven, up or down."),
    });
}
