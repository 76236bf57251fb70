namespace UsageStreams.Host.Tests.Reference.Import;

public sealed class ReferenceFaultTests
{
    private const string Account = "b,Beta,1,2,3,4,";
    private const string Contract = "C-b,b,2026-01-01,,EUR,2,Europe/Berlin,1,5,api.calls,API,0,1,";

    [Theory]
    [InlineData("t,nobody,2026-01-01,", "tenants.csv:2: tenant t belongs to account nobody")]
    [InlineData("t,a,2026-01-01,\nt,a,2026-02-01,", "tenants.csv:3: t has another row at this time, on line 2")]
    [InlineData("t,a,2026-02-01,\nt,a,2026-01-01,2026-02-02", "tenants.csv:2: t has another row at this time, on line 3")]
    [InlineData("t,a,2026-01-01,2026-01-01", "tenants.csv:2: to 2026-01-01 does not lie after from")]
    [InlineData("t,a,2026-01-01,\nu,a,2026-01-01,\nt,a,2027-01-01,", "tenants.csv:4: t stands at")]
    [InlineData("t,a,yesterday,", "tenants.csv:2: from 'yesterday' is no instant")]
    [InlineData("t,a,2026-01-01T00:00:00,", "tenants.csv:2: from '2026-01-01T00:00:00' is no instant")]
    [InlineData("t,a,,", "tenants.csv:2: from is empty")]
    [InlineData(",a,2026-01-01,", "tenants.csv:2: id is empty")]
    [InlineData("t,a,2026-01-01", "tenants.csv:2: the row has 3 fields, the header 4")]
    [InlineData("t,\"a,2026-01-01,", "tenants.csv:2: a quoted field never ends")]
    public void A_tenant_is_refused_with_its_line(string rows, string fault)
    {
        using var import = new ImportCase().WithAcme().File("tenants.csv", ImportCase.TenantHeader + rows);

        import.Check().ShouldHaveSingleItem().ShouldStartWith(fault);
    }

    [Theory]
    [InlineData("", "tenants.csv:1: the file is empty")]
    [InlineData("id,account\n", "tenants.csv:1: column 'from' is missing")]
    [InlineData("id,account,from,until\n", "tenants.csv:1: there is no column 'until' in tenants")]
    [InlineData("id,account,from,id\n", "tenants.csv:1: column 'id' stands there twice")]
    public void A_header_that_does_not_fit_is_refused(string text, string fault)
    {
        using var import = new ImportCase().WithAcme().File("tenants.csv", text);

        import.Check().ShouldHaveSingleItem().ShouldStartWith(fault);
    }

    [Theory]
    [InlineData("C-b,b,2026-01-01,,EUR,2,Mars/Crater,1,5,m,I,0,1,", "contracts.csv:2: 'Mars/Crater' is no IANA time zone")]
    [InlineData("C-b,b,2026-01-01,,EUR,2,UTC,32,5,m,I,0,1,", "contracts.csv:2: Anchor day 32 is outside 1 to 31")]
    [InlineData("C-b,b,2026-01-01,,ABC,2,UTC,1,5,m,I,0,1,", "contracts.csv:2: currency 'ABC' is none of ISO 4217")]
    [InlineData("C-b,b,2026-01-01,,EUR,2,UTC,1,41,m,I,0,1,", "contracts.csv:2: lockDays '41' is no whole number from 0 to 40")]
    [InlineData("C-b,b,2026-01-01,,EUR,2,UTC,1,5,m,I,0,-1,", "contracts.csv:2: unitPrice '-1' is no number from 0 on")]
    [InlineData("C-b,b,2026-01-01,,EUR,2,UTC,1,5,m,I,0,0.1234567891,", "contracts.csv:2: unitPrice '0.1234567891' is no number")]
    [InlineData(Contract + "\nC-b,,,,,,,,,api.calls,API,0,1,", "contracts.csv:3: contract C-b has a line for metric api.calls already")]
    [InlineData(Contract + "\nC-b,,,,USD,,,,,m,API,0,1,", "contracts.csv:3: currency of C-b is 'USD' here and 'EUR' on line 2")]
    [InlineData(Contract + "\nC-b,,,,,,,,,m,API,0,1,site", "contracts.csv:3: product site of metric m is unknown")]
    [InlineData(Contract + "\nC-x,nobody,2026-01-01,,EUR,2,UTC,1,5,m,I,0,1,", "contracts.csv:3: contract C-x leads to account nobody")]
    [InlineData(Contract + "\nC-x,b,2020-01-01,2021-01-01,EUR,2,UTC,1,5,m,I,0,1,", "contracts.csv:3: contract C-x is not among the contracts of its account b")]
    public void A_contract_is_refused_with_its_line(string rows, string fault)
    {
        using var import = new ImportCase().File("accounts.csv", ImportCase.AccountHeader + Account + "C-b,,,,,").File("contracts.csv", ImportCase.ContractHeader + rows);

        import.Check().ShouldHaveSingleItem().ShouldStartWith(fault);
    }

    [Theory]
    [InlineData("C-a;C-b,,,,,", "accounts.csv:2: account b names contract C-a, which belongs to account a")]
    [InlineData("C-b;C-x,,,,,", "accounts.csv:2: account b names contract C-x, which there is none of")]
    [InlineData("C-b,x,,,,", "accounts.csv:2: parent x is no account")]
    [InlineData("C-b,,x,2026-01-01,,", "accounts.csv:2: mergedInto x is no account")]
    [InlineData("C-b,,a,,,", "accounts.csv:2: mergedInto and mergedFrom belong together")]
    [InlineData("C-b,b,,,,", "accounts.csv:2: account b lies above itself")]
    [InlineData("C-b,,b,2026-01-01,,", "accounts.csv:2: account b goes over into itself")]
    [InlineData("C-b,,,,2026-01-01,2026-03-01\nb,,1,2,3,4,,x,,,2026-03-01,", "accounts.csv:3: parent x is no account")]
    [InlineData("C-b,,,,2026-01-01,2026-03-01\nb,,1,2,3,4,,,,,2026-02-01,", "accounts.csv:3: b has another row at this time")]
    public void An_account_is_refused_with_its_line(string rest, string fault)
    {
        using var import = new ImportCase().WithAcme()
            .File("accounts.csv", ImportCase.AccountHeader + Account + rest).File("contracts.csv", ImportCase.ContractHeader + Contract);

        import.Check().ShouldHaveSingleItem().ShouldStartWith(fault);
    }

    [Fact]
    public void Two_contracts_of_an_account_that_hold_at_once_are_refused()
    {
        using var import = new ImportCase().File("accounts.csv", ImportCase.AccountHeader + Account + "C-b;C-c,,,,,")
            .File("contracts.csv", ImportCase.ContractHeader + Contract + "\nC-c,b,2026-05-01,,EUR,2,UTC,1,5,m,I,0,1,");

        import.Check().ShouldHaveSingleItem().ShouldStartWith("contracts.csv:3: contracts C-b and C-c of account b both hold from 2026-05-01");
    }

    [Fact]
    public void A_ring_of_accounts_is_told_of_each_of_them_and_of_no_other()
    {
        using var import = new ImportCase().File("accounts.csv", ImportCase.AccountHeader
            + "a,A,1,1,1,1,,b,,,,\nb,B,1,1,1,1,,c,,,,\nc,C,1,1,1,1,,a,,,,\nd,D,1,1,1,1,,a,,,,\ne,E,1,1,1,1,,,f,2026-01-01,,\nf,F,1,1,1,1,,,e,2026-01-01,,\ng,G,1,1,1,1,,,e,2026-01-01,,");

        import.Check().Select(static fault => fault[..fault.IndexOf(';', StringComparison.Ordinal)]).ShouldBe(
        [
            "accounts.csv:2: account a lies above itself: a under b under c under a",
            "accounts.csv:3: account b lies above itself: b under c under a under b",
            "accounts.csv:4: account c lies above itself: c under a under b under c",
            "accounts.csv:6: account e goes over into itself, by way of f",
            "accounts.csv:7: account f goes over into itself, by way of e",
        ]);
    }

    [Fact]
    public void Accounts_that_were_above_each_other_at_different_times_are_no_ring()
    {
        using var import = new ImportCase().File("accounts.csv", ImportCase.AccountHeader
            + "a,A,1,1,1,1,,b,,,2026-01-01,2026-02-01\na,,1,1,1,1,,,,,2026-02-01,\nb,B,1,1,1,1,,,,,2026-01-01,2026-02-01\nb,,1,1,1,1,,a,,,2026-02-01,");

        import.Check().ShouldBeEmpty();
    }

    [Fact]
    public void A_published_tenant_whose_account_will_be_gone_is_told()
    {
        using var import = new ImportCase();
        import.Tenants.Publish("t", new UsageStreams.Model.Tenant { Id = "t", Assignments = [new() { From = DateTimeOffset.UnixEpoch, Account = "gone" }] });

        import.Check().ShouldHaveSingleItem().ShouldStartWith("ref.tenants: tenant t belongs to account gone");
    }

    [Theory]
    [InlineData("{\"id\":\"t\",\"assignments\":[{\"account\":\"a\",\"from\":\"2026-01-01\"},{\"account\":\"x\",\"from\":\"2027-01-01\"}]}", "tenants.jsonl:1: t has another row")]
    [InlineData("\n{\"id\":\"t\",\"unknown\":1}", "tenants.jsonl:2: the line is no JSON object of tenants: there is no field 'unknown'")]
    [InlineData("{\"id\":\"t\",\"id\":\"u\"}", "tenants.jsonl:1: the line is no JSON object of tenants")]
    [InlineData("[1]", "tenants.jsonl:1: the line is no JSON object of tenants")]
    [InlineData("{\"id\":\"t\",\"assignments\":true}", "tenants.jsonl:1: the line is no JSON object of tenants")]
    public void A_json_line_is_refused_with_its_number(string text, string fault)
    {
        using var import = new ImportCase().WithAcme().File("tenants.jsonl", text);

        import.Check().ShouldContain(told => told.StartsWith(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_fault_of_a_bad_file_is_counted_and_the_first_thousand_are_told()
    {
        using var import = new ImportCase().WithAcme()
            .File("tenants.csv", ImportCase.TenantHeader + string.Concat(Enumerable.Range(0, 5000).Select(static number => $"t{number},x,2026-01-01,\n")));

        import.Check().Count.ShouldBe(1000);
        import.Faults.Count.ShouldBe(5000);
    }
}
