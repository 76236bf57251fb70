using UsageStreams.Oracle.Load;

namespace UsageStreams.Oracle;

/// <summary>Makes a load that fails smaller: leaves ever smaller runs of steps out, as long as it goes on failing.</summary>
internal static class Reduction
{
    /// <summary>A smaller load that fails, too.</summary>
    /// <param name="failing">A load that fails.</param>
    /// <param name="attempts">How many loads are tried at most.</param>
    public static Verdict Of(Verdict failing, int attempts)
    {
        var smallest = failing;
        for (var part = smallest.Load.Steps.Count / 2; part >= 1 && attempts > 0; part /= 2)
        {
            for (var from = 0; from < smallest.Load.Steps.Count && attempts > 0;)
            {
                attempts--;
                if (Without(smallest.Load, from, part) is { } tried && Verdict.On(tried) is { Differences.Count: > 0 } again)
                    smallest = again;
                else
                    from += part;
            }
        }

        return smallest;
    }

    /// <summary>Null when nothing that can be played is left. What the load begins with stays.</summary>
    private static UsageLoad? Without(UsageLoad load, int from, int count)
    {
        var kept = load.Steps.Where((step, index) => index < from || index >= from + count || IsBeginning(load, step)).ToList();
        return kept.Count < load.Steps.Count && kept.Exists(static step => step is EventArrives) ? load with { Steps = kept } : null;
    }

    private static bool IsBeginning(UsageLoad load, LoadStep step) => step is ReferenceArrives && step.At == load.Steps[0].At;
}
