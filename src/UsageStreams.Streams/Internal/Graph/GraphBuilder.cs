using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Faults;

namespace UsageStreams.Streams.Internal.Graph;

/// <summary>Collects what a builder describes, and what is wrong with it.</summary>
internal sealed class GraphBuilder
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private readonly List<GlobalKTable> _tables = [];

    public List<SubTopologyGraph> SubTopologies { get; } = [];

    /// <summary>Who decides about records that fail, where no source or table says so itself.</summary>
    public FaultHandling Faults { get; set; } = new();

    public void Problem(string text) => _problems.Add(text);

    /// <summary>Claims a name that must not be taken.</summary>
    public string Unique(string name)
    {
        if (!IsLegal(name))
            Problem($"The name '{name}' is not legal: internal topics are named by it. Use 1 to 200 letters, digits, '.', '_' and '-'.");
        if (!_names.Add(name))
            Problem($"The name '{name}' is given to two nodes. Give one of them another name: state and topics are found by it.");
        return name;
    }

    /// <summary>Claims a default name, numbered when it is taken.</summary>
    public string Free(string name)
    {
        string free = name;
        for (int i = 2; !_names.Add(free); i++)
            free = $"{name}-{i}";
        return free;
    }

    public SourceDefinition<TKey, TValue> AddSource<TKey, TValue>(string topic, Consumed<TKey, TValue> consumed, bool takesTombstones = false)
    {
        if (SubTopologies.Exists(s => s.Source.Topic == new TopicName(topic, IsRepartition: false)))
            Problem($"Topic '{topic}' is read by two sources. Read it once and use the stream twice.");
        var subTopology = new SubTopologyGraph(Unique(consumed.Name ?? topic)) { OwnFaults = consumed.Faults };
        SubTopologies.Add(subTopology);
        return new SourceDefinition<TKey, TValue>(topic, consumed, subTopology, takesTombstones);
    }

    public void AddTable(GlobalKTable table)
    {
        _tables.Add(table);
        if (_tables.Count(t => t.Name == table.Name) > 1)
            Problem($"Two global tables are named '{table.Name}'. Make the table once and use the handle twice, or give one a name by WithName(…).");
    }

    public Topology Build()
    {
        new GraphChecks(SubTopologies, _problems).Run();
        FaultChecks.Check(Faults, SubTopologies, _problems);
        if (_problems.Count > 0)
        {
            string list = string.Join(Environment.NewLine, _problems.Select(static p => "- " + p));
            throw new TopologyException($"The topology can't be built:{Environment.NewLine}{list}", [.. _problems]);
        }

        foreach (SubTopologyGraph subTopology in SubTopologies)
        {
            if (subTopology.IsTimed)
                subTopology.TimeStore ??= Stores.KeyValue($"{subTopology.Name}-stream-time", Serdes.Utf8, Serdes.Utf8);
        }

        FaultChecks.Resolve(Faults, SubTopologies, _tables);
        return new Topology([.. SubTopologies], [.. _tables]);
    }

    private static bool IsLegal(string name) => name.Length is > 0 and <= 200
        && name is not ("." or "..")
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
