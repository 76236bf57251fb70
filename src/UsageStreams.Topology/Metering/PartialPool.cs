using UsageStreams.Model;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// Partials whose work is done, for those that begin. Each stream thread has its own: the meter's that were sent, and those that settling has taken in.
/// </summary>
internal static class PartialPool
{
    private const int Most = 1 << 13;

    [ThreadStatic]
    private static Stack<Partial>? _free;

    /// <summary>Names in partials: tenants, accounts, metrics, members. Shared by all threads.</summary>
    public static TextPool Texts { get; } = new(1 << 18);

    /// <summary>A partial that nobody holds, empty.</summary>
    public static Partial Rent(Aggregation aggregation) => _free is { Count: > 0 } free ? free.Pop().Begin(aggregation) : new Partial(aggregation);

    /// <summary>Gives a partial back. Nobody may look at it afterwards.</summary>
    public static void Return(Partial partial)
    {
        partial.End();
        _free ??= new Stack<Partial>();
        if (_free.Count < Most) _free.Push(partial);
    }
}
