namespace UsageStreams.Model;

public sealed partial record Contract
{
    /// <summary><see cref="LockDays"/> of a contract whose periods are never locked: of imported history, which all arrives after them.</summary>
    public const int NeverLocked = -1;

    /// <summary>Whether the contract holds at an instant.</summary>
    public bool Covers(DateTimeOffset time) => Effective.Covers(From, To, time);

    /// <summary>The calendar that cuts time into this contract's billing periods.</summary>
    /// <exception cref="ModelException">The zone is no IANA zone or the anchor day lies outside 1 to 31.</exception>
    public BillingCalendar Calendar() => BillingCalendar.Of(Zone, AnchorDay);

    /// <summary>
    /// When the billing period that an instant lies in is locked: usage of the period that arrives then or later is an adjustment. The calendar goes on
    /// beyond the contract's end, so that a window that was open then has a period and a lock like all others.
    /// </summary>
    /// <param name="time">The instant; of a window its start.</param>
    /// <exception cref="ModelException">The zone, the anchor day or the lock days are none.</exception>
    public DateTimeOffset LockOf(DateTimeOffset time) => LockDays == NeverLocked ? DateTimeOffset.MaxValue : Calendar().LockOf(time, LockDays);

    /// <summary>
    /// The billing period that usage of a window is booked in beside its own: null before the lock of the window's period, else the start of the
    /// period that the arrival lies in.
    /// </summary>
    /// <param name="windowStart">Start of the window.</param>
    /// <param name="arrival">When the usage, or the cause of its recount, arrived.</param>
    public DateTimeOffset? BookedIn(DateTimeOffset windowStart, DateTimeOffset arrival) =>
        arrival < LockOf(windowStart) ? null : Calendar().PeriodOf(arrival).Start;

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
