namespace UsageStreams.Model;

public sealed partial record Tenant
{
    /// <summary>The account the tenant belonged to at an instant, or null when none did.</summary>
    /// <param name="time">Event time: resolution is as of the event, not of its arrival.</param>
    public string? AccountAt(DateTimeOffset time)
    {
        foreach (var assignment in Assignments)
        {
            if (Effective.Covers(assignment.From, assignment.To, time)) return assignment.Account;
        }

        return null;
    }
}
