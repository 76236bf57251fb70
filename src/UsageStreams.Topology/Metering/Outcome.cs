using System.Globalization;
using System.Text;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Where a record ended.</summary>
internal enum Outcome
{
    Counted,
    Duplicate,
    Rejected,
    Parked,
}

/// <summary>Keeps the account of where records ended, per partition and record key: nothing is dropped without being counted.</summary>
internal sealed class OutcomeCounter(KeyValueStore<string, EventOutcomes> outcomes, int partition)
{
    private static readonly EventOutcomes Nothing = new() { Read = 0, Counted = 0, Duplicate = 0, Rejected = 0, Parked = 0 };

    /// <summary>Counts a record under its key as read.</summary>
    public void Count(byte[]? key, Outcome outcome) => Count(key is null ? string.Empty : Encoding.UTF8.GetString(key), outcome);

    /// <summary>Counts a record under its key.</summary>
    public void Count(string key, Outcome outcome)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{partition}/{key}");
        var before = outcomes.TryGet(name, out var found) ? found : Nothing;
        outcomes.Put(name, Add(before, outcome));
    }

    private static EventOutcomes Add(EventOutcomes before, Outcome outcome) => outcome switch
    {
        Outcome.Counted => before with { Read = before.Read + 1, Counted = before.Counted + 1 },
        Outcome.Duplicate => before with { Read = before.Read + 1, Duplicate = before.Duplicate + 1 },
        Outcome.Rejected => before with { Read = before.Read + 1, Rejected = before.Rejected + 1 },
        Outcome.Parked => before with { Read = before.Read + 1, Parked = before.Parked + 1 },
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "This outcome has no counter; add it to EventOutcomes."),
    };
}
