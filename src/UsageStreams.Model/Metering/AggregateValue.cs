namespace UsageStreams.Model;

/// <summary>The number of those aggregations that keep one: sum, count, max, min, last. Of all others it stays unset.</summary>
/// <param name="Value">The number; 0 while unset.</param>
/// <param name="At">Of last: the event's time, Unix milliseconds.</param>
/// <param name="By">Of last: the event's identity.</param>
/// <param name="IsSet">Whether there is an event behind it.</param>
public readonly record struct AggregateValue(decimal Value, long At, EventDigest By, bool IsSet)
{
    /// <summary>The number of one event.</summary>
    public static AggregateValue Of(Aggregation aggregation, in Sample sample) => aggregation switch
    {
        Aggregation.Count => new(1, 0, default, IsSet: true),
        Aggregation.Sum or Aggregation.Max or Aggregation.Min => new(sample.Value, 0, default, IsSet: true),
        Aggregation.Last => new(sample.Value, sample.Time, sample.Identity, IsSet: true),
        _ => default,
    };

    /// <summary>The number of both sets of events together; the order plays no part.</summary>
    public AggregateValue With(Aggregation aggregation, in AggregateValue other)
    {
        if (!other.IsSet) return this;
        if (!IsSet) return other;
        return aggregation switch
        {
            Aggregation.Sum or Aggregation.Count => this with { Value = Value + other.Value },
            Aggregation.Max => other.Value > Value ? other : this,
            Aggregation.Min => other.Value < Value ? other : this,
            _ => (other.At, other.By.Value).CompareTo((At, By.Value)) > 0 ? other : this,
        };
    }
}
