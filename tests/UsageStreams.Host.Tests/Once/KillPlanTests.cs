using UsageStreams.Host.Once;

namespace UsageStreams.Host.Tests.Once;

public sealed class KillPlanTests
{
    [Fact]
    public void Every_kill_comes_before_the_end_and_the_seed_chooses_when()
    {
        Moments(5, seed: 7).Count.ShouldBe(5);
        Moments(5, seed: 7).ShouldBe(Moments(5, seed: 7));
        Moments(5, seed: 7).ShouldNotBe(Moments(5, seed: 8));
    }

    [Fact]
    public void A_leap_over_several_moments_still_gives_each_of_them()
    {
        var plan = new KillPlan(3, 1);

        plan.IsDue(0).ShouldBeFalse();
        for (var kill = 0; kill < 3; kill++)
        {
            plan.IsDue(1).ShouldBeTrue();
            plan.Done();
        }

        plan.IsDue(1).ShouldBeFalse();
        plan.Left.ShouldBe(0);
    }

    private static List<int> Moments(int kills, ulong seed)
    {
        var plan = new KillPlan(kills, seed);
        var moments = new List<int>();
        for (var permille = 0; permille < 1000; permille++)
        {
            for (; plan.IsDue(permille / 1000.0); plan.Done())
                moments.Add(permille);
        }

        return moments;
    }
}
