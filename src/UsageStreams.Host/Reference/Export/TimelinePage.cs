using System.Globalization;
using UsageStreams.Host.Reference.Import;
using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Export;

/// <summary>What a tenant's usage belongs to, for people.</summary>
internal sealed class TimelinePage
{
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Contract> _contracts = new(StringComparer.Ordinal);
    private Tenant? _tenant;

    public TimelinePage(ReferenceTopics topics, string id, CancellationToken cancellation)
    {
        topics.Read<Account>(topics.Names.Accounts, (key, account) => Put(_accounts, key, account), cancellation);
        topics.Read<Contract>(topics.Names.Contracts, (key, contract) => Put(_contracts, key, contract), cancellation);
        topics.Read<Tenant>(topics.Names.Tenants, (key, tenant) => _tenant = key == id ? tenant : _tenant, cancellation);
        Timeline = TenantTimeline.Of(id, _tenant, _accounts.GetValueOrDefault, _contracts.GetValueOrDefault);
    }

    public TenantTimeline Timeline { get; }

    /// <summary>Whether there is such a tenant.</summary>
    public bool IsKnown => _tenant is not null;

    public void Write(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"tenant {Timeline.Tenant}, version {_tenant!.Version}{By(_tenant.Actor, _tenant.Reason)}"));
        output.WriteLine($"{"from",-21}{"to",-21}belongs to");
        foreach (var span in Timeline.Spans)
            output.WriteLine($"{Time(span.From),-21}{Time(span.To),-21}{Text(span)}");
    }

    private string Text(TimelineSpan span)
    {
        var merged = span.Merged.Count == 0 ? "" : $", by way of {string.Join(", ", span.Merged)}";
        var account = span.Account is { } id && _accounts.TryGetValue(id, out var found) ? FormattableString.Invariant($"account {id}@{span.AccountVersion} ({found.Name})") : span.Account;
        return span.Gap switch
        {
            TimelineGap.None => FormattableString.Invariant($"{account}, contract {span.Contract}@{span.ContractVersion}{merged}"),
            TimelineGap.NoTenant => "nobody: the tenant has no account then",
            TimelineGap.NoAccount => $"nobody: there is no account {span.Account}{merged}",
            TimelineGap.MergeCycle => $"nobody: account {span.Account} goes over into itself{merged}",
            TimelineGap.NoContract => $"{account}, without a contract{merged}",
            TimelineGap.OtherRegion => "nobody here: the tenant is at home in another region",
            _ => throw new InvalidOperationException($"A timeline has the gap '{span.Gap}', which TimelinePage can't tell; add it there."),
        };
    }

    private static string By(string actor, string reason) => actor.Length == 0 ? "" : reason.Length == 0 ? $" by {actor}" : $" by {actor}: {reason}";

    private static string Time(long time) => time is long.MinValue or long.MaxValue ? "-" : CellText.Of(DateTimeOffset.FromUnixTimeMilliseconds(time))!;

    private static void Put<T>(Dictionary<string, T> values, string key, T? value)
        where T : class
    {
        if (value is null)
            values.Remove(key);
        else
            values[key] = value;
    }
}
