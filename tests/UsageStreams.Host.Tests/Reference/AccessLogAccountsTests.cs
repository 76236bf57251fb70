using UsageStreams.Host.Reference;

namespace UsageStreams.Host.Tests.Reference;

public sealed class AccessLogAccountsTests
{
    [Theory]
    [InlineData("83.149.9.216", "83-149-9")]
    [InlineData("2001:db8:85a3::8a2e:370:7334", "2001-db8-85a3")]
    [InlineData("::1", "0-0-0")]
    [InlineData("crawler.example.org", "crawler.example.org")]
    [InlineData("10.1", "10.1")]
    [InlineData("17", "17")]
    [InlineData("we/ird_n\u00e4me", "we_2fird_5fn_c3_a4me")]
    public void An_account_is_the_network_or_the_name(string client, string account) => AccessLogAccounts.AccountOf(client).ShouldBe(account);

    [Fact]
    public void Every_account_has_a_contract_that_it_names()
    {
        var reference = AccessLogAccounts.Of(["10.0.0.1", "10.0.0.2", "10.0.1.1"]);

        reference.Tenants.Select(static tenant => (tenant.Id, tenant.Assignments.Single().Account))
            .ShouldBe([("10.0.0.1", "10-0-0"), ("10.0.0.2", "10-0-0"), ("10.0.1.1", "10-0-1")]);
        reference.Accounts.Select(static account => account.Contracts.Single()).ShouldBe(["C-10-0-0", "C-10-0-1"]);
        reference.Contracts.Select(static contract => (contract.Id, contract.Account)).ShouldBe([("C-10-0-0", "10-0-0"), ("C-10-0-1", "10-0-1")]);
        reference.Metrics.Select(static metric => metric.Code).ShouldBe(["active.users", "api.calls", "bytes.out"]);
    }
}
