namespace UsageStreams.Model;

/// <summary>
/// A gauge over time: each value holds from its event's time to the next event's. Of several events of one time the one with the largest identity holds.
/// </summary>
public sealed class StepFunction
{
    private readonly List<Step> _steps = [];

    /// <summary>The points in order of time.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>Adds a point, wherever it belongs.</summary>
    /// <exception cref="ModelException">The value has more than 9 digits after the decimal point.</exception>
    public void Add(in Step step)
    {
        if (step.Value.Scale > QuantityDigits && step.Value != Math.Round(step.Value, QuantityDigits))
            throw new ModelException($"The value {step.Value} has more than {QuantityDigits} digits after the decimal point, the most a quantity has; round it by rule first.");
        if (_steps.Count == 0 || _steps[^1].CompareTo(step) < 0)
        {
            _steps.Add(step);
            return;
        }

        var at = _steps.BinarySearch(step);
        _steps.Insert(at < 0 ? ~at : at, step);
    }

    /// <summary>Takes a point away, if it is there.</summary>
    public void Remove(in Step step)
    {
        var at = _steps.BinarySearch(step);
        if (at >= 0) _steps.RemoveAt(at);
    }

    /// <summary>
    /// The sum of each value times the milliseconds it holds until <paramref name="end"/>, in billionths: exact, so that the order of adding plays no part.
    /// </summary>
    public Int128 Integral(long end)
    {
        Int128 sum = 0;
        for (var i = 0; i < _steps.Count; i++)
        {
            var until = i + 1 < _steps.Count ? _steps[i + 1].At : end;
            sum = checked(sum + ((Int128)(_steps[i].Value * Billion) * (until - _steps[i].At)));
        }

        return sum;
    }

    /// <summary>The average over a window of what <see cref="Integral"/> gave, divided once and rounded to 9 digits, a half away from zero.</summary>
    /// <param name="integral">Sum of integrals.</param>
    /// <param name="length">Milliseconds of the window, above 0.</param>
    public static decimal Average(Int128 integral, long length)
    {
        var (quotient, remainder) = Int128.DivRem(integral, length);
        if (Int128.Abs(remainder) * 2 >= length) quotient += Int128.Sign(integral);
        return (decimal)quotient / Billion;
    }

    private const int QuantityDigits = 9;
    private const decimal Billion = 1_000_000_000m;
}

/// <summary>A point of a step function.</summary>
/// <param name="At">Event time, Unix milliseconds.</param>
/// <param name="Value">What holds from there on.</param>
/// <param name="By">Identity of the event.</param>
public readonly record struct Step(long At, decimal Value, EventDigest By) : IComparable<Step>
{
    /// <summary>By time, and at the same time by identity.</summary>
    public int CompareTo(Step other) => At != other.At ? At.CompareTo(other.At) : By.Value.CompareTo(other.By.Value);

    /// <summary>Whether one comes before another.</summary>
    public static bool operator <(Step left, Step right) => left.CompareTo(right) < 0;

    /// <summary>Whether one comes after another.</summary>
    public static bool operator >(Step left, Step right) => left.CompareTo(right) > 0;

    /// <summary>Whether one comes before another or is it.</summary>
    public static bool operator <=(Step left, Step right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one comes after another or is it.</summary>
    public static bool operator >=(Step left, Step right) => left.CompareTo(right) >= 0;
}
