namespace UsageStreams.Model;

/// <summary>How metrics count events of records.</summary>
internal static class MetricCounting
{
    /// <summary>The event as a metric counts it; null when it doesn't.</summary>
    /// <param name="rule">The metric.</param>
    /// <param name="record">The record; it holds an event.</param>
    /// <param name="late">By how many milliseconds it came later than the metric allows; 0 when it doesn't, or the metric would not count it anyway.</param>
    public static CountedEvent? Count(MetricRule rule, EventRecord record, out long late)
    {
        late = 0;
        var usage = MetricEvent.Of(record.Usage!);
        switch (rule.Judge(usage, record.Arrival))
        {
            case MetricVerdict.Taken when rule.Aggregation == Aggregation.Unique:
                return rule.TryMember(usage, out var member) ? new CountedEvent(record, 0, member) : null;
            case MetricVerdict.Taken:
                return rule.TryNumber(usage, out var number) ? new CountedEvent(record, number, null) : null;
            case MetricVerdict.TooLate:
                late = record.Arrival - usage.Time - rule.LatenessMillis;
                return null;
            default:
                return null;
        }
    }
}
