using UsageStreams.Host.Once;

namespace UsageStreams.Host.Tests.Once;

public sealed class RecountTests
{
    [Fact]
    public void The_sample_has_its_known_totals()
    {
        var recount = Recount.Of(Samples.AccessLog);

        recount.Events.ShouldBe(10_000);
        recount.Rejected.ShouldBe(0);
        recount.Tenants.ShouldBe(1_753);
        recount.Accounts.ShouldBe(1_474);
        recount.BytesOut.ShouldBe(2_747_282_740m);
        recount.ApiCalls.ShouldBe(9_780m);
        recount.ActiveUsers.ShouldBe(3_027m);
        recount.Invoices.ShouldBe(1_474);
    }

    [Fact]
    public void Amounts_round_half_away_from_zero_per_account_month_and_metric()
    {
        RecountTerms.Amount("api.calls", 53).ShouldBe(0.02m); // 0.015
        RecountTerms.Amount("api.calls", 51).ShouldBe(0.01m); // 0.005
        RecountTerms.Amount("api.calls", 50).ShouldBe(0m);
        RecountTerms.Amount("bytes.out", 1_150_000).ShouldBe(0.02m); // 0.015
        RecountTerms.Amount("active.users", 3).ShouldBe(0.25m);
        Should.Throw<ArgumentOutOfRangeException>(() => RecountTerms.Amount("other", 1));
    }

    [Fact]
    public void Lines_that_do_not_parse_are_counted_and_months_are_billed_apart()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file,
            [
                .. Enumerable.Repeat("""10.0.0.1 - - [31/May/2015:23:59:59 +0000] "GET / HTTP/1.1" 200 1 "-" "a" """, 60),
                .. Enumerable.Repeat("""10.0.0.2 - - [31/May/2015:23:59:59 -0100] "GET / HTTP/1.1" 200 1 "-" "a" """, 60),
                """10.0.0.2 - - [31/May/2015:23:59:59 -0100] "GET / HTTP/1.1" 404 - "-" "b" """,
                "not a log line",
                "",
            ]);
            var recount = Recount.Of(file);

            (recount.Events, recount.Rejected, recount.Tenants, recount.Accounts).ShouldBe((121L, 1L, 2, 1));
            (recount.ApiCalls, recount.BytesOut, recount.ActiveUsers).ShouldBe((120m, 120m, 3m));
            recount.Invoices.ShouldBe(2);
            recount.InvoiceTotal.ShouldBe(0.10m);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
