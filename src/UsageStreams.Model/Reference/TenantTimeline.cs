namespace UsageStreams.Model;

/// <remarks>
/// Built by <see cref="Of"/> from the tenant's assignments, the accounts' mergers and the dates of their contracts. Two timelines of a tenant tell
/// by <see cref="Differences"/> which of its usage moves when reference data change.
/// </remarks>
public sealed partial record TenantTimeline
{
    /// <summary>Builds the timeline of a tenant.</summary>
    /// <param name="id">The tenant's id.</param>
    /// <param name="tenant">The tenant, or null when nothing is known of it.</param>
    /// <param name="accounts">Finds an account by its id; null when there is none.</param>
    /// <param name="contracts">Finds a contract by its id; null when there is none.</param>
    public static TenantTimeline Of(string id, Tenant? tenant, Func<string, Account?> accounts, Func<string, Contract?> contracts)
    {
        var spans = new TimelineBuilder(accounts, contracts).Build(tenant);
        return new TenantTimeline { Tenant = id, TenantVersion = tenant?.Version ?? 0, Spans = spans };
    }

    /// <summary>The same until an instant; from there on the tenant is at home in another region, and nothing of it is counted here.</summary>
    /// <param name="from">The first instant, Unix ms; <see cref="long.MinValue"/> for the beginning of time.</param>
    public TenantTimeline AwayFrom(long from)
    {
        var away = new TimelineSpan { From = from, To = long.MaxValue, Gap = TimelineGap.OtherRegion };
        var before = Spans.Where(span => span.From < from).Select(span => span.To <= from ? span : span with { To = from });
        return this with { Spans = [.. before, away] };
    }

    /// <summary>What usage of an instant belongs to.</summary>
    /// <param name="time">Event time.</param>
    public TimelineSpan At(DateTimeOffset time) => At(time.ToUnixTimeMilliseconds());

    /// <summary>What usage of an instant belongs to. Allocates nothing.</summary>
    /// <param name="time">Event time, Unix ms.</param>
    public TimelineSpan At(long time)
    {
        var (low, high) = (0, Spans.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (time < Spans[middle].To)
                high = middle;
            else
                low = middle + 1;
        }

        return Spans[low];
    }

    /// <summary>Whether usage of every instant belongs to the same in both, or lacks the same. Versions don't count.</summary>
    public bool SameAs(TenantTimeline other)
    {
        foreach (var _ in Pieces(other)) return false;
        return true;
    }

    /// <summary>The stretches of time in which the two tell something else, in order; those that touch are joined when they tell the same on each side.</summary>
    /// <param name="after">The timeline that takes the place of this one.</param>
    public IReadOnlyList<TimelineDifference> Differences(TenantTimeline after)
    {
        var differences = new List<TimelineDifference>();
        foreach (var piece in Pieces(after))
        {
            if (differences is [.., var last] && last.To == piece.From && last.Before.ResolvesAs(piece.Before) && last.After.ResolvesAs(piece.After))
                differences[^1] = last with { To = piece.To };
            else
                differences.Add(piece);
        }

        return differences;
    }

    // Both are without holes, so that one walk over both meets every stretch in which neither changes.
    private IEnumerable<TimelineDifference> Pieces(TenantTimeline other)
    {
        for (int mine = 0, theirs = 0; mine < Spans.Count && theirs < other.Spans.Count;)
        {
            var (before, after) = (Spans[mine], other.Spans[theirs]);
            if (!before.ResolvesAs(after))
                yield return new TimelineDifference(Math.Max(before.From, after.From), Math.Min(before.To, after.To), before, after);
            if (before.To <= after.To) mine++;
            if (after.To <= before.To) theirs++;
        }
    }
}

/// <summary>A stretch of time in which two timelines of a tenant differ, half-open.</summary>
/// <param name="From">First instant, Unix ms; <see cref="long.MinValue"/> for the beginning of time.</param>
/// <param name="To">First instant after, Unix ms; <see cref="long.MaxValue"/> for the end of time.</param>
/// <param name="Before">What the usage belonged to; of several spans that resolve alike, the first.</param>
/// <param name="After">What it belongs to; of several spans that resolve alike, the first.</param>
public readonly record struct TimelineDifference(long From, long To, TimelineSpan Before, TimelineSpan After);
