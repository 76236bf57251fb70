using UsageStreams.Host.Generate;

namespace UsageStreams.Host.Once;

/// <summary>
/// At which moments of a run the worker is killed: random by seed, told as shares of the whole way, so that they come whatever the
/// machine's speed. Publishing is the first part of the way, settling the rest.
/// </summary>
internal sealed class KillPlan
{
    /// <summary>The part of the way that is publishing.</summary>
    public const double Publishing = 0.7;

    private readonly Queue<double> _moments;

    /// <param name="kills">How many.</param>
    /// <param name="seed">Chooses the moments.</param>
    public KillPlan(int kills, ulong seed)
    {
        var random = new Xoshiro(seed);
        _moments = new Queue<double>(Enumerable.Range(0, kills).Select(_ => 0.02 + (0.93 * random.NextDouble())).Order());
    }

    /// <summary>Kills that are still to come.</summary>
    public int Left => _moments.Count;

    /// <summary>Whether the next moment has come.</summary>
    public bool IsDue(double progress) => _moments.Count > 0 && _moments.Peek() <= progress;

    /// <summary>The kill that was due has happened.</summary>
    public void Done() => _moments.Dequeue();
}
