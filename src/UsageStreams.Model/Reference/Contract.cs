namespace UsageStreams.Model;

public sealed partial record Contract
{
    /// <summary>Whether the contract holds at an instant.</summary>
    public bool Covers(DateTimeOffset time) => Effective.Covers(From, To, time);

    /// <summary>The calendar that cuts time into this contract's billing periods.</summary>
    /// <exception cref="ModelException">The zone is no IANA zone or the anchor day lies outside 1 to 31.</exception>
    public BillingCalendar Calendar() => BillingCalendar.Of(Zone, AnchorDay);

    /// <summary>The line that prices a metric, or null when the contract doesn't bill it.</summary>
    public ContractLine? LineOf(string metric)
    {
        foreach (var line in Lines)
        {
            if (string.Equals(line.Metric, metric, StringComparison.Ordinal)) return line;
        }

        return null;
    }
}
