using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>A tenant: one row for each account it belongs to, with its dates.</summary>
internal static class TenantRows
{
    public static Tenant Build(RowGroup group) => new()
    {
        Id = group.Id,
        Assignments = [.. group.Terms().Select(static term => new TenantAssignment { From = term.From, To = term.To, Account = term.Row.Must("account") })],
    };

    public static IEnumerable<string?[]> Of(Tenant tenant) =>
        tenant.Assignments.Select(assignment => new[] { tenant.Id, assignment.Account, CellText.Of(assignment.From), CellText.Of(assignment.To) });
}
