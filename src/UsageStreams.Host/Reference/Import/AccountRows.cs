using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>An account: one row without dates when it always was the same, else one row for each of its versions. Parent and ERP and CRM ids may change.</summary>
internal static class AccountRows
{
    private const char ListSeparator = ';';

    public static Account Build(RowGroup group)
    {
        var isDated = group.Rows.Count > 1 || group.First.Text("from").Length > 0 || group.First.Text("to").Length > 0;
        IReadOnlyList<AccountVersion> versions = isDated ? [.. group.Terms().Select(static term => VersionOf(term.Row, term.From, term.To))] : [];
        var latest = versions is [.., var last] ? last : VersionOf(group.First, default, null);
        return new Account
        {
            Id = group.Id,
            Name = group.MustShared("name"),
            LegalEntity = latest.LegalEntity,
            SoldTo = latest.SoldTo,
            BillTo = latest.BillTo,
            CrmAccount = latest.CrmAccount,
            Parent = latest.Parent,
            Contracts = group.Shared("contracts").Split(ListSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Versions = versions,
            MergedInto = MergeOf(group),
        };
    }

    public static IEnumerable<string?[]> Of(Account account)
    {
        var contracts = string.Join(ListSeparator, account.Contracts);
        var merge = account.MergedInto;
        if (account.Versions.Count == 0)
            return [[account.Id, account.Name, account.LegalEntity, account.SoldTo, account.BillTo, account.CrmAccount, contracts, account.Parent, merge?.Account, CellText.Of(merge?.From), null, null]];
        return account.Versions.Select(version => new[]
        {
            account.Id, account.Name, version.LegalEntity, version.SoldTo, version.BillTo, version.CrmAccount, contracts, version.Parent,
            merge?.Account, CellText.Of(merge?.From), CellText.Of(version.From), CellText.Of(version.To),
        });
    }

    private static AccountVersion VersionOf(ReferenceRow row, DateTimeOffset from, DateTimeOffset? to) => new()
    {
        From = from,
        To = to,
        LegalEntity = row.Must("legalEntity"),
        SoldTo = row.Must("soldTo"),
        BillTo = row.Must("billTo"),
        CrmAccount = row.Must("crmAccount"),
        Parent = row.TextOrNull("parent"),
    };

    private static AccountMerge? MergeOf(RowGroup group)
    {
        var (into, from) = (group.Shared("mergedInto"), group.Shared("mergedFrom"));
        if ((into.Length == 0) != (from.Length == 0))
            group.First.Fault("mergedInto and mergedFrom belong together: the account that took over, and from when usage is its.");
        return into.Length == 0 ? null : new AccountMerge { Account = into, From = group.First.Time("mergedFrom") ?? default };
    }
}
