using System.Text;

namespace UsageStreams.Streams.Internal.Graph;

internal static class TopologyMermaid
{
    public static string Of(Topology topology)
    {
        var text = new StringBuilder("flowchart LR\n");
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SubTopology subTopology in topology.SubTopologies)
        {
            text.Append("  subgraph ").Append(Id(ids, "sub:" + subTopology.Name)).Append("[\"").Append(subTopology.Name).Append("\"]\n");
            foreach (TopologyNode node in subTopology.Nodes)
                text.Append("    ").Append(NodeId(ids, subTopology, node.Name)).Append("[\"").Append(node.Name).Append("\"]\n");
            text.Append("  end\n");
        }

        foreach (SubTopology subTopology in topology.SubTopologies)
            AppendEdges(text, ids, subTopology);
        foreach (TopologyTable table in topology.SubTopologies.SelectMany(static s => s.Tables).Distinct())
            AppendTopic(text, ids, table.Topic).Append(" --> ").Append(Id(ids, "table:" + table.Name)).Append("[/\"").Append(table.Name).Append("\"/]\n");
        foreach (GlobalKTable table in topology.GlobalTables)
            AppendTopic(text, ids, table.Topic).Append(" --> ").Append(Id(ids, "table:" + table.Name)).Append("[/\"").Append(table.Name).Append("\"/]\n");
        return text.ToString();
    }

    private static void AppendEdges(StringBuilder text, Dictionary<string, string> ids, SubTopology subTopology)
    {
        foreach (TopologyNode node in subTopology.Nodes)
        {
            string id = NodeId(ids, subTopology, node.Name);
            if (node.Kind == NodeKind.Source)
                AppendTopic(text, ids, node.Topic!).Append(" --> ").Append(id).Append('\n');
            foreach (TopologyEdge edge in node.Successors)
            {
                text.Append("  ").Append(id).Append(edge.Label is null ? " --> " : $" -->|{edge.Label}| ");
                text.Append(NodeId(ids, subTopology, edge.To)).Append('\n');
            }

            if (node.Kind == NodeKind.Sink)
                AppendTopic(text.Append("  ").Append(id).Append(" -->"), ids, node.Topic!).Append('\n');
            foreach (string table in node.Tables)
                text.Append("  ").Append(Id(ids, "table:" + table)).Append(" -.- ").Append(id).Append('\n');
            foreach (string store in node.Stores)
                text.Append("  ").Append(id).Append(" -.- ").Append(Id(ids, "store:" + store)).Append("[(\"").Append(store).Append("\")]\n");
        }
    }

    private static StringBuilder AppendTopic(StringBuilder text, Dictionary<string, string> ids, string topic) =>
        text.Append("  ").Append(Id(ids, "topic:" + topic)).Append("([\"").Append(topic.Replace("<", "&lt;").Replace(">", "&gt;")).Append("\"])");

    private static string NodeId(Dictionary<string, string> ids, SubTopology subTopology, string node) =>
        Id(ids, $"node:{subTopology.Name}:{node}");

    private static string Id(Dictionary<string, string> ids, string of)
    {
        if (!ids.TryGetValue(of, out string? id))
            ids.Add(of, id = "n" + ids.Count);
        return id;
    }
}
