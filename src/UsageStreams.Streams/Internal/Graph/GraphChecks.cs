namespace UsageStreams.Streams.Internal.Graph;

/// <summary>What can only be checked when everything is described.</summary>
internal sealed class GraphChecks(IReadOnlyList<SubTopologyGraph> subTopologies, List<string> problems)
{
    public void Run()
    {
        if (subTopologies.Count == 0)
            problems.Add("The topology has no source. Begin with Stream(topic, …).");
        foreach (SubTopologyGraph subTopology in subTopologies)
        {
            CheckSource(subTopology);
            CheckWatermarks(subTopology);
            CheckOutlets(subTopology);
        }

        CheckStores();
    }

    private void CheckSource(SubTopologyGraph subTopology)
    {
        if (subTopology.Source.Outlets.All(static o => o.Children.Count == 0))
        {
            problems.Add(
                $"Source '{subTopology.Name}' has nothing below it, so it would read {subTopology.Source.Topic} for nothing. "
                + "Add an operator or To(…), or remove the source.");
        }
    }

    private void CheckWatermarks(SubTopologyGraph subTopology)
    {
        foreach (SinkDefinition sink in subTopology.Sinks)
        {
            if (!sink.Topic.IsRepartition && sink.Watermarks is not null && !subTopology.IsTimed)
            {
                problems.Add(
                    $"Sink '{sink.Node.Name}' is to announce stream time, and its source '{subTopology.Name}' has none. "
                    + "Give the source event times by WithTimestamps(…), or leave WithWatermarks(…) away.");
            }
        }
    }

    private void CheckOutlets(SubTopologyGraph subTopology)
    {
        foreach (NodeDefinition node in subTopology.Nodes)
        {
            if (node.NeedsTime && !subTopology.IsTimed)
            {
                problems.Add(
                    $"Node '{node.Name}' goes by stream time, and its source '{subTopology.Name}' has none, so nothing would ever end. "
                    + "Give the source event times by Consumed.With(…).WithTimestamps(…).");
            }

            foreach (Outlet outlet in node.Outlets)
            {
                if (outlet.Loses is not null && outlet.Children.Count == 0)
                    problems.Add($"Node '{node.Name}' has an output '{outlet.Label}' to which nothing is connected: {outlet.Loses} would be lost. Send that stream to a topic or a processor.");
            }
        }
    }

    private void CheckStores()
    {
        var owners = new Dictionary<string, (StoreBuilder Store, SubTopologyGraph SubTopology)>(StringComparer.Ordinal);
        var changelogs = new Dictionary<string, StoreBuilder>(StringComparer.Ordinal);
        foreach (SubTopologyGraph subTopology in subTopologies)
        {
            foreach (StoreBuilder store in subTopology.UserStores)
            {
                if (store.Problem is not null)
                    problems.Add(store.Problem);
                if (store.Replay is not null && subTopology.Source.ProblemOf(store) is { } unrestorable)
                    problems.Add(unrestorable);
                if (!owners.TryAdd(store.Name, (store, subTopology)))
                    problems.Add(Conflict(store, subTopology, owners[store.Name].Store, owners[store.Name].SubTopology));
                if (store.PublicChangelog is { } topic && !changelogs.TryAdd(topic, store) && !ReferenceEquals(changelogs[topic], store))
                    problems.Add($"Stores '{store.Name}' and '{changelogs[topic].Name}' have the same changelog '{topic}'. A changelog has one writer.");
            }
        }
    }

    private static string Conflict(StoreBuilder store, SubTopologyGraph subTopology, StoreBuilder first, SubTopologyGraph owner) =>
        ReferenceEquals(store, first)
            ? $"Store '{store.Name}' is used in sub-topologies '{owner.Name}' and '{subTopology.Name}', whose partitions differ. "
              + "Give each its own store, or bring the records together by Repartition(…)."
            : $"Two stores are named '{store.Name}' (in '{owner.Name}' and '{subTopology.Name}'). Names must differ; "
              + "of one store use one handle: WithChangelog(…) makes a new one.";
}
