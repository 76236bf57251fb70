namespace UsageStreams.Model;

/// <summary>The one place where money is rounded.</summary>
public static class Rounding
{
    /// <summary>Commercial rounding: to the nearest, a half away from zero.</summary>
    /// <param name="amount">Any amount.</param>
    /// <param name="digits">Digits to keep, 0 to 28.</param>
    public static decimal HalfAwayFromZero(decimal amount, int digits) => Math.Round(amount, digits, MidpointRounding.AwayFromZero);
}
