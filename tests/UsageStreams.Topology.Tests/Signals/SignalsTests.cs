using UsageStreams.Model;
using UsageStreams.Topology.Signals;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Signals;

public sealed class SignalsTests
{
    private static readonly DateTimeOffset Day = new(2026, 5, 17, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_day_is_told_an_hour_after_its_end()
    {
        using var run = new LedgerRun(SignalsTopology.Build);
        run.Use("bytes.out", 100, Day.AddHours(9));
        run.Use("active.users", 2, Day.AddHours(9));
        run.Use("active.users", 3, Day.AddHours(11));

        run.Pass(Day.AddDays(1).AddMinutes(30));
        Signals(run).ShouldBeEmpty();
        run.Pass(Day.AddDays(1).AddHours(1));

        var signal = Signals(run).ShouldHaveSingleItem();
        signal.Id.ShouldBe("C-a0/health/20260517");
        signal.CrmAccount.ShouldBe("CRM-a0");
        var health = signal.Body.ShouldBeOfType<AccountHealth>();
        health.ActiveUsers.ShouldBe(3);
        health.Usage["active.users"].ShouldBe(5);
        health.Score.ShouldBe(40 + 30 + 20);
        health.LastUsage.ShouldBe(Day.AddHours(11).AddMinutes(3));
    }

    [Fact]
    public void Usage_of_the_next_day_closes_the_day_before_and_the_period_goes_on()
    {
        using var run = new LedgerRun(SignalsTopology.Build);
        run.Use("bytes.out", 100, Day.AddHours(9));
        run.Use("bytes.out", 50, Day.AddDays(1));
        run.Pass(Day.AddDays(3));

        Signals(run).Select(signal => signal.Body).OfType<AccountHealth>().Select(health => (health.Usage["bytes.out"], health.PeriodToDate["bytes.out"]))
            .ShouldBe([(100, 100), (50, 150)]);
    }

    [Fact]
    public void A_day_that_was_told_is_not_told_again_by_late_usage()
    {
        using var run = new LedgerRun(SignalsTopology.Build);
        run.Use("bytes.out", 100, Day.AddHours(9));
        run.Pass(Day.AddDays(2));
        run.Use("bytes.out", 5, Day.AddHours(9), EntryKind.Late);
        run.Pass(Day.AddDays(3));

        Signals(run).ShouldHaveSingleItem();
    }

    [Fact]
    public void Each_share_of_what_is_included_is_told_once_per_period()
    {
        using var run = new LedgerRun(SignalsTopology.Build);
        run.Use("api.calls", 7, Day);
        Signals(run).ShouldBeEmpty();
        run.Use("api.calls", 1, Day.AddHours(1));
        run.Use("api.calls", 1, Day.AddHours(2));
        run.Use("api.calls", 1, Day.AddHours(3));
        run.Use("api.calls", 5, Day.AddHours(4));

        Signals(run).Select(signal => signal.Body).OfType<LimitAlert>().Select(alert => (alert.Percent, alert.Quantity)).ShouldBe([(80, 8), (100, 10)]);
        Signals(run).Select(signal => signal.Id).ShouldBe(["C-a0/limit/api.calls/80/20260501", "C-a0/limit/api.calls/100/20260501"]);
    }

    [Fact]
    public void A_jump_over_both_shares_is_told_as_the_higher()
    {
        using var run = new LedgerRun(SignalsTopology.Build);
        run.Use("api.calls", 40, Day);
        run.Use("api.calls", 40, Day.AddHours(1));

        Signals(run).ShouldHaveSingleItem().Body.ShouldBeOfType<LimitAlert>().Percent.ShouldBe(100);
    }

    [Fact]
    public void A_new_period_starts_from_nothing()
    {
        using var run = new LedgerRun(SignalsTopology.Build);
        run.Use("api.calls", 40, Day);
        run.Use("api.calls", 8, Day.AddDays(20));

        Signals(run).Select(signal => signal.Body).OfType<LimitAlert>().Select(alert => (alert.Percent, alert.PeriodStart.Month)).ShouldBe([(100, 5), (80, 6)]);
    }

    [Fact]
    public void A_crash_tells_nothing_twice()
    {
        using var run = new LedgerRun(SignalsTopology.Build);
        run.Use("api.calls", 40, Day);
        run.Crash();
        run.Use("api.calls", 1, Day.AddHours(1));
        run.Pass(Day.AddDays(2));
        run.Crash();
        run.Pass(Day.AddDays(3));

        Signals(run).Select(signal => signal.Id).ShouldBeUnique();
        Signals(run).Count.ShouldBe(2);
    }

    private static IReadOnlyList<CrmSignal> Signals(LedgerRun run) => run.Values(run.Topics.Signals, run.Serdes.Signals);
}
