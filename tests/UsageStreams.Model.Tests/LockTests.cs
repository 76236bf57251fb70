namespace UsageStreams.Model.Tests;

public sealed class LockTests
{
    [Fact]
    public void A_period_is_locked_at_the_start_of_a_day_in_the_contract_s_zone()
    {
        // The period ends with summer time: 1 November is at +1, 26 October was at +2.
        Of("Europe/Berlin", 26, 5).LockOf(At("2026-10-10T00:00:00Z")).ShouldBe(At("2026-10-30T23:00:00Z"));
        Of("UTC", 1, 0).LockOf(At("2026-05-31T23:00:00Z")).ShouldBe(At("2026-06-01T00:00:00Z"));
    }

    [Fact]
    public void What_arrives_at_the_lock_is_booked_in_the_period_it_arrives_in()
    {
        var contract = Of("UTC", 1, 5);
        var window = At("2026-05-31T23:00:00Z");

        contract.BookedIn(window, At("2026-06-05T23:59:59.999Z")).ShouldBeNull();
        contract.BookedIn(window, At("2026-06-06T00:00:00Z")).ShouldBe(At("2026-06-01T00:00:00Z"));
        contract.BookedIn(window, At("2026-08-15T00:00:00Z")).ShouldBe(At("2026-08-01T00:00:00Z"));
    }

    [Fact]
    public void The_calendar_and_the_locks_go_on_beyond_the_contract_s_end()
    {
        var contract = Of("UTC", 1, 5) with { To = At("2026-05-31T23:30:00Z") };

        contract.LockOf(At("2026-05-31T23:00:00Z")).ShouldBe(At("2026-06-06T00:00:00Z"));
        contract.BookedIn(At("2026-05-31T23:00:00Z"), At("2026-06-07T00:00:00Z")).ShouldBe(At("2026-06-01T00:00:00Z"));
    }

    [Fact]
    public void Every_period_is_locked_after_its_end_and_what_is_booked_elsewhere_is_booked_later()
    {
        var random = new Random(11);
        string[] zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Africa/Cairo"];
        for (var i = 0; i < 2_000; i++)
        {
            var contract = Of(zones[random.Next(zones.Length)], random.Next(1, 29), random.Next(0, 41));
            var time = At("2015-01-01T00:00:00Z").AddMinutes(random.Next(10_000_000));
            var period = contract.Calendar().PeriodOf(time);
            var locked = contract.LockOf(time);

            (locked - period.End).ShouldBeInRange(TimeSpan.FromDays(contract.LockDays) - TimeSpan.FromHours(25), TimeSpan.FromDays(contract.LockDays) + TimeSpan.FromHours(25));
            contract.LockOf(period.Start).ShouldBe(locked);
            contract.BookedIn(time, locked.AddTicks(-1)).ShouldBeNull();
            contract.BookedIn(time, locked).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(period.End);
        }
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(41)]
    public void Lock_days_outside_0_to_40_are_refused(int days) =>
        Should.Throw<ModelException>(() => Of("UTC", 1, days).LockOf(At("2026-05-31T23:00:00Z"))).Message.ShouldContain("0 to 40");

    [Fact]
    public void A_contract_that_never_locks_books_everything_in_its_own_period()
    {
        var contract = Of("UTC", 1, Contract.NeverLocked);

        contract.BookedIn(At("2015-05-31T23:00:00Z"), At("2035-01-01T00:00:00Z")).ShouldBeNull();
    }

    private static Contract Of(string zone, int anchorDay, int lockDays) => new()
    {
        Id = "C",
        Account = "a",
        From = DateTimeOffset.UnixEpoch,
        Currency = "EUR",
        CurrencyDigits = 2,
        Zone = zone,
        AnchorDay = anchorDay,
        LockDays = lockDays,
        Lines = [],
    };

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
}
