using UsageStreams.Model;
using UsageStreams.Topology.Metering.Judging;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>Tells what made a recount necessary: which version of which reference, who made it and why.</summary>
internal sealed class Causes(LiveReferences references)
{
    /// <summary>Of usage that belongs elsewhere now.</summary>
    public Concern Of(TenantTimeline before, TenantTimeline after, in TimelineDifference difference) =>
        new(difference.From, difference.To, Metric: null, Of(before, after, difference.Before, difference.After));

    /// <summary>Of an event that was taken back.</summary>
    public static Concern Of(Withdrawal withdrawal) => new(
        withdrawal.Time!.Value,
        withdrawal.Time.Value + 1,
        Metric: null,
        new Cause
        {
            Kind = withdrawal.Amends ? CauseKind.Amendment : CauseKind.Retraction,
            Reference = withdrawal.By,
            Actor = withdrawal.Tenant,
            Reason = withdrawal.Amends ? "amended by its producer" : "taken back by its producer",
        });

    /// <summary>Of a person's wish.</summary>
    public static Concern Of(ExceptionDecision redrive) => new(
        long.MinValue,
        long.MaxValue,
        Metric: null,
        new Cause { Kind = CauseKind.Redrive, Reference = redrive.Exception, Actor = redrive.Actor, Reason = redrive.Reason });

    /// <summary>Of metrics and products that came, went or changed.</summary>
    public static List<Concern> Of(Judge before, Judge after)
    {
        var concerns = new List<Concern>();
        var (old, now) = (before.Metrics.Metrics.ToDictionary(Key), after.Metrics.Metrics.ToDictionary(Key));
        foreach (var key in old.Keys.Union(now.Keys).OrderBy(static key => key.Code, StringComparer.Ordinal).ThenBy(static key => key.Version))
        {
            var (was, isNow) = (old.GetValueOrDefault(key), now.GetValueOrDefault(key));
            if (was is not null && isNow is not null && AppliedRules.Same(was, isNow)) continue;
            var told = isNow ?? was!;
            var cause = new Cause { Kind = CauseKind.Metric, Reference = $"{told.Code}@{told.Version}", Actor = told.Actor, Reason = told.Reason };
            var (from, to) = Stretch(was, isNow);
            // A type that nobody looked at makes events wait; a metric that looks at it redrives them, whichever windows they fall into.
            concerns.Add(new Concern(from, to, told.Code, cause));
        }

        concerns.AddRange(OfProducts(before.Products, after.Products));
        return concerns;
    }

    private static IEnumerable<Concern> OfProducts(ProductList before, ProductList after)
    {
        var (old, now) = (before.Products.ToDictionary(static p => p.Id, StringComparer.Ordinal), after.Products.ToDictionary(static p => p.Id, StringComparer.Ordinal));
        foreach (var id in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var (was, isNow) = (old.GetValueOrDefault(id), now.GetValueOrDefault(id));
            if (was is not null && isNow is not null && was.Skus.SequenceEqual(isNow.Skus)) continue;
            var told = isNow ?? was!;
            var cause = new Cause { Kind = CauseKind.Mapping, Reference = $"{id}@{told.Version}", Actor = told.Actor, Reason = told.Reason };
            yield return new Concern(long.MinValue, long.MaxValue, Metric: null, cause);
        }
    }

    private Cause Of(TenantTimeline before, TenantTimeline after, TimelineSpan was, TimelineSpan now)
    {
        if (was.Gap == TimelineGap.OtherRegion || now.Gap == TimelineGap.OtherRegion)
            return new Cause { Kind = CauseKind.Mapping, Reference = "regions", Actor = string.Empty, Reason = "the tenant's home is another region than it was" };
        if (before.TenantVersion != after.TenantVersion) return OfTenant(after);
        var sameAccount = string.Equals(was.Account, now.Account, StringComparison.Ordinal);
        if (sameAccount && (now.Contract ?? was.Contract) is { } contract) return OfContract(contract);
        // Merged away: the account that now leads elsewhere is the last that it went through.
        var account = (now.Merged is [.., var merged] ? merged.Split('@')[0] : null) ?? now.Account ?? was.Account;
        return account is not null && references.Account(account) is { } found
            ? new Cause { Kind = CauseKind.Mapping, Reference = $"{found.Id}@{found.Version}", Actor = found.Actor, Reason = found.Reason }
            : OfTenant(after);
    }

    private Cause OfTenant(TenantTimeline after)
    {
        var tenant = references.Tenant(after.Tenant);
        return new Cause { Kind = CauseKind.Mapping, Reference = $"{after.Tenant}@{after.TenantVersion}", Actor = tenant?.Actor ?? "", Reason = tenant?.Reason ?? "" };
    }

    private Cause OfContract(string id)
    {
        var contract = references.FindContract(id);
        return new Cause { Kind = CauseKind.Contract, Reference = $"{id}@{contract?.Version ?? 0}", Actor = contract?.Actor ?? "", Reason = contract?.Reason ?? "" };
    }

    private static (string Code, int Version) Key(Metric metric) => (metric.Code, metric.Version);

    // A version that was only ended earlier or later differs from there on.
    private static (long From, long To) Stretch(Metric? was, Metric? now)
    {
        if (was is not null && now is not null && AppliedRules.Same(was with { To = null }, now with { To = null }))
            return (Math.Min(End(was), End(now)), Math.Max(End(was), End(now)));
        var versions = new[] { was, now }.OfType<Metric>().ToList();
        return (versions.Min(static metric => metric.From.ToUnixTimeMilliseconds()), versions.Max(End));
    }

    private static long End(Metric metric) => metric.To?.ToUnixTimeMilliseconds() ?? long.MaxValue;
}
