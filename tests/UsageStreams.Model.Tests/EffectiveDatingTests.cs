using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

public sealed class EffectiveDatingTests
{
    [Fact]
    public void A_tenant_that_moved_belongs_to_the_account_of_the_event_s_time()
    {
        var tenant = new Tenant
        {
            Id = "t",
            Assignments = [new TenantAssignment { From = At(1), To = At(10), Account = "old" }, new TenantAssignment { From = At(10), Account = "new" }],
        };

        tenant.AccountAt(At(1).AddTicks(-1)).ShouldBeNull();
        tenant.AccountAt(At(10).AddTicks(-1)).ShouldBe("old");
        tenant.AccountAt(At(10)).ShouldBe("new");
    }

    [Fact]
    public void Entry_ids_tell_window_and_revision() =>
        new WindowKey("acme", "C-1", "api.calls", 2, At(17).AddHours(10).ToUnixTimeMilliseconds()).EntryId(3).ShouldBe("acme/C-1/api.calls@2/20260517T1000/3");

    private static DateTimeOffset At(int day) => new(2026, 5, day, 0, 0, 0, TimeSpan.Zero);
}
