using System.Text;

namespace UsageStreams.Streams.Internal.Graph;

internal static class TopologyText
{
    public static string Of(Topology topology)
    {
        var text = new StringBuilder();
        foreach (SubTopology subTopology in topology.SubTopologies)
        {
            text.Append("Sub-topology: ").Append(subTopology.Name).Append('\n');
            foreach (TopologyNode node in subTopology.Nodes)
                AppendNode(text, node);
            foreach (TopologyStore store in subTopology.Stores)
                text.Append("  Store: ").Append(store.Name).Append(store.Changelog is null ? " (restored from the input" : " (changelog: ").Append(store.Changelog).Append(")\n");
            foreach (TopologyTable table in subTopology.Tables)
                text.Append("  Table: ").Append(table.Name).Append(" (topic: ").Append(table.Topic).Append(")\n");
        }

        foreach (GlobalKTable table in topology.GlobalTables)
            text.Append("Global table: ").Append(table.Name).Append(" (topic: ").Append(table.Topic).Append(")\n");
        foreach (string topic in topology.DeadLetterTopics)
            text.Append("Dead letters: (topic: ").Append(topic).Append(")\n");
        return text.ToString();
    }

    private static void AppendNode(StringBuilder text, TopologyNode node)
    {
        text.Append("  ").Append(node.Kind).Append(": ").Append(node.Name);
        if (node.Topic is not null)
            text.Append(" (topic: ").Append(node.Topic).Append(')');
        if (node.Stores.Count > 0)
            text.Append(" (stores: ").AppendJoin(", ", node.Stores).Append(')');
        if (node.Tables.Count > 0)
            text.Append(" (tables: ").AppendJoin(", ", node.Tables).Append(')');
        string separator = " --> ";
        foreach (TopologyEdge edge in node.Successors)
        {
            text.Append(separator).Append(edge.To);
            if (edge.Label is not null)
                text.Append(" [").Append(edge.Label).Append(']');
            separator = ", ";
        }

        text.Append('\n');
    }
}
