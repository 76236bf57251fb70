using UsageStreams.Topology.Metering.Recount;

namespace UsageStreams.Topology.Tests.Metering;

public sealed class RestTests
{
    [Fact]
    public void Reading_takes_a_fifth_of_the_time_however_often_it_is_asked_for()
    {
        var rest = new Rest();
        var random = new Random(1);
        var (now, read) = (0L, 0L);
        while (now < 1_000_000)
        {
            if (!rest.IsOver(now))
            {
                now++;
                continue;
            }

            // Slices, with batches between them that are nobody's reading.
            for (var slice = random.Next(1, 5); slice > 0; slice--)
            {
                var took = random.Next(50);
                rest.Spend(now, now + took);
                (now, read) = (now + took + random.Next(20), read + took);
            }

            rest.Begin(now);
        }

        ((double)read / now).ShouldBeInRange(0.1, 0.201);
    }

    [Fact]
    public void The_first_reading_begins_at_once_and_a_clock_that_is_set_back_costs_nothing()
    {
        var rest = new Rest();
        rest.IsOver(long.MinValue + 1).ShouldBeTrue();
        rest.Spend(100, 50);
        rest.Begin(50);
        rest.IsOver(50).ShouldBeTrue();
    }
}
