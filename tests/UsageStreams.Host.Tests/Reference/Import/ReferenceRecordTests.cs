using UsageStreams.Host.Reference.Import;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Reference.Import;

public sealed class ReferenceRecordTests
{
    private const string Csv = "t1,a,2026-01-01,2026-03-01T12:00:00+02:00\nt1,b,2026-03-01T10:00:00Z,\nt2,b,2026-01-01,\n";
    private const string Json = """
        {"id":"t1","assignments":[{"account":"a","from":"2026-01-01","to":"2026-03-01T12:00:00+02:00"},{"account":"b","from":"2026-03-01T10:00:00Z","to":null}]}
        {"id":"t2","account":"b","from":"2026-01-01"}
        """;

    [Theory]
    [InlineData("tenants.csv", ImportCase.TenantHeader + Csv)]
    [InlineData("tenants-new.jsonl", Json)]
    public void The_rows_of_a_tenant_become_its_assignments(string name, string text)
    {
        using var import = new ImportCase().WithAcme().File("accounts.csv", ImportCase.AccountHeader + "b,Beta,1,2,3,4,,,,,,").File(name, text);

        import.Check().ShouldBeEmpty();

        var tenants = import.Tenants.Spool.ReadAll().ToList();
        tenants.Select(static tenant => (tenant.Id, tenant.Version, tenant.Actor, tenant.Reason)).ShouldBe([("t1", 1, "ann", "test"), ("t2", 1, "ann", "test")]);
        tenants[0].Assignments.Select(static assignment => (assignment.Account, assignment.From, assignment.To)).ShouldBe(
        [
            ("a", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), (DateTimeOffset?)new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero)),
            ("b", new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), null),
        ]);
    }

    [Fact]
    public void A_tenant_that_says_what_is_published_is_not_published_again_and_a_change_is_a_new_version()
    {
        using var import = new ImportCase().WithAcme().File("tenants.csv", ImportCase.TenantHeader + "same,a,2026-01-01,\nmoved,a,2026-01-01,\n");
        import.Tenants.Publish("same", Tenant("same", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        import.Tenants.Publish("moved", Tenant("moved", DateTimeOffset.UnixEpoch));

        import.Check().ShouldBeEmpty();

        var tenant = import.Tenants.Spool.ReadAll().ShouldHaveSingleItem();
        (tenant.Id, tenant.Version).ShouldBe(("moved", 8));
    }

    [Fact]
    public void Accounts_contracts_and_products_come_back_out_of_their_own_rows()
    {
        using var import = new ImportCase()
            .File("accounts.csv", ImportCase.AccountHeader
                + "b,\"Beta, \"\"B\"\"\",1,2,3,4,C-b,,c,2026-06-01,2026-01-01,2026-03-01\nb,,9,8,7,6,,c,,,2026-03-01,\nc,Gamma,1,2,3,4,,,,,,\n")
            .File("contracts.csv", ImportCase.ContractHeader
                + "C-b,b,2026-01-01,2027-01-01,JPY,,Europe/Berlin,31,7,api.calls,API,0.5,1.25,site\nC-b,,,,,,,,,bytes,B,1000000,0.000000001,\n")
            .File("products.csv", ImportCase.ProductHeader + "site,Site,S-1,2026-01-01,2026-02-01\nsite,,S-2,2026-02-01,\n");

        import.Check().ShouldBeEmpty();

        var contract = import.State.Contracts.Find("C-b")!.Value;
        (contract.CurrencyDigits, contract.AnchorDay, contract.LockDays, contract.Lines.Count, contract.Lines[1].UnitPrice).ShouldBe((0, 31, 7, 2, 0.000000001m));
        var account = import.State.Accounts.Find("b")!.Value;
        (account.Name, account.LegalEntity, account.Parent, account.Versions.Count, account.MergedInto!.Account).ShouldBe(("Beta, \"B\"", "9", "c", 2, "c"));
        ComesBack(RecordKinds.Contracts, contract);
        ComesBack(RecordKinds.Accounts, account);
        ComesBack(RecordKinds.Accounts, import.State.Accounts.Find("c")!.Value);
        ComesBack(RecordKinds.Products, import.State.Products.Find("site")!.Value);
    }

    [Fact]
    public void The_currencies_of_the_world_have_three_letters_and_their_digits()
    {
        (Currencies.DigitsOf("EUR"), Currencies.DigitsOf("JPY"), Currencies.DigitsOf("KWD"), Currencies.DigitsOf("XXX")).ShouldBe((2, 0, 3, null));
    }

    private static void ComesBack<T>(RecordKind<T> kind, T value)
        where T : class, Avro.IAvroRecord<T>
    {
        var columns = kind.Kind.Columns.Select(static (column, index) => (column, index)).ToDictionary(static pair => pair.column, static pair => pair.index, StringComparer.Ordinal);
        var faults = new ImportFaults();
        var rows = kind.Rows(value).Select(cells => new ReferenceRow(columns, [.. cells.Select(static cell => cell ?? "")], new Place("rows", 1), faults)).ToList();

        kind.Content(kind.Build(new RowGroup(kind.Id(value), rows))).ShouldBe(kind.Content(value));
        faults.Kept.ShouldBeEmpty();
    }

    private static Tenant Tenant(string id, DateTimeOffset from) => new() { Id = id, Version = 7, Actor = "bob", Assignments = [new TenantAssignment { From = from, Account = "a" }] };
}
