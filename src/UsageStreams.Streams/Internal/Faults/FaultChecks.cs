using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>Gives every source and table its fault handling when the topology is built, and checks it.</summary>
internal static class FaultChecks
{
    public static void Resolve(FaultHandling general, IReadOnlyList<SubTopologyGraph> subTopologies, IReadOnlyList<GlobalKTable> tables)
    {
        foreach (SubTopologyGraph subTopology in subTopologies)
        {
            subTopology.Faults = subTopology.OwnFaults ?? general;
            foreach (SideTable table in subTopology.Tables)
                table.Faults ??= general;
        }

        foreach (GlobalKTable table in tables)
            table.Faults ??= general;
    }

    public static void Check(FaultHandling general, IReadOnlyList<SubTopologyGraph> subTopologies, List<string> problems)
    {
        var inputs = new HashSet<string>(subTopologies.Where(static s => !s.Source.Topic!.Value.IsRepartition).Select(static s => s.Source.Topic!.Value.Name), StringComparer.Ordinal);
        foreach ((string whose, FaultHandling handling) in subTopologies.Where(static s => s.OwnFaults is not null)
            .Select(static s => ($"of source '{s.Name}'", s.OwnFaults!)).Prepend(("of the topology", general)))
        {
            if (handling.NeedsTopic)
                problems.Add($"The fault handling {whose} sends dead letters and says not where. Set {nameof(FaultHandling.DeadLetterTopic)}, or use FaultHandling.DeadLetters(topic).");
            if (handling.DeadLetterTopic is { } topic && inputs.Contains(topic))
                problems.Add($"The fault handling {whose} sends dead letters to '{topic}', which is read by a source: what fails once would come back for ever. Give them a topic of their own.");
        }
        foreach (SubTopologyGraph subTopology in subTopologies)
            CheckStores(subTopology, subTopology.OwnFaults ?? general, problems);
    }

    private static void CheckStores(SubTopologyGraph subTopology, FaultHandling handling, List<string> problems)
    {
        if (!handling.DecidesOnRecords)
            return;
        foreach (StoreBuilder store in subTopology.UserStores.Where(static s => s.IsRestoredFromInput))
        {
            problems.Add(
                $"Store '{store.Name}' is restored from its input, which still has the records that the fault handling leaves out: after a restart the store would "
                + "have something of them that it had not before. Give the store a changelog, or let faults of processing and production stop the application there.");
        }
    }
}
