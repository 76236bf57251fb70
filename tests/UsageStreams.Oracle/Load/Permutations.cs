namespace UsageStreams.Oracle.Load;

/// <summary>
/// The events of one load in many orders of arrival. All arrive after the last of them has happened, and early enough for every metric, so that each may take
/// any other's place. What must be the same in every order: the sum of a window's entries (quantity, count, digest), the running totals, and the outcomes
/// of events. What may differ: which entry is the final one, and what of a window comes before its lock and what is an adjustment.
/// </summary>
internal static class Permutations
{
    /// <summary>What can be permuted: of two events with one id the first counts, how late an event is depends on when it comes, and
    /// the averages over time of a tenant in two partitions are added, those of one in one partition are not.</summary>
    public static Features Allowed => LoadOptions.All & ~(Features.Conflicts | Features.TooLate | Features.Months | Features.Spread);

    /// <summary>One order of a load's events.</summary>
    /// <param name="load">The load; its features must be <see cref="Allowed"/>.</param>
    /// <param name="number">Chooses the order; 0 is that of the load.</param>
    public static UsageLoad Of(UsageLoad load, int number)
    {
        if ((load.Options.Features & ~Allowed) != Features.None)
            throw new ArgumentException($"Features {load.Options.Features & ~Allowed} depend on the order of arrival.", nameof(load));
        var random = new Random(HashCode(load.Options.Seed, number));
        var shift = LoadClock.Of(load.Options).Span + LoadClock.Day;
        var moved = load.Steps.Select(step => step.At == load.Steps[0].At ? step : step with { At = step.At + shift }).ToList();
        if (number == 0) return load with { Steps = moved };
        Shuffle(moved, static step => step is EventArrives or GarbageArrives, random);
        return load with { Steps = moved, Partitions = 1 + random.Next(4) };
    }

    // The instants stay; what happens at them changes places. References, commits and crashes stay where they are: events pass by them.
    private static void Shuffle(List<LoadStep> steps, Predicate<LoadStep> moves, Random random)
    {
        var places = Enumerable.Range(0, steps.Count).Where(index => moves(steps[index])).ToArray();
        for (var last = places.Length - 1; last > 0; last--)
        {
            var (one, other) = (places[last], places[random.Next(last + 1)]);
            (steps[one], steps[other]) = (steps[other] with { At = steps[one].At }, steps[one] with { At = steps[other].At });
        }
    }

    private static int HashCode(int seed, int number) => unchecked((seed * 486_187_739) + number);
}
