using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace UsageStreams.Host.Catalogue;

/// <summary>The fields of a YAML mapping, read one by one; what is wrong is gathered, with its line, and reading goes on.</summary>
internal sealed class YamlFields
{
    private readonly string _file;
    private readonly YamlMappingNode _mapping;
    private readonly ICollection<CatalogueFault> _faults;

    /// <param name="file">The file, for faults.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="known">Names of the fields it may have.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public YamlFields(string file, YamlMappingNode mapping, IReadOnlyList<string> known, ICollection<CatalogueFault> faults)
    {
        (_file, _mapping, _faults) = (file, mapping, faults);
        foreach (var key in mapping.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } name } || !known.Contains(name, StringComparer.Ordinal))
                Fault(key, $"unknown key '{key}'; the keys here are {string.Join(", ", known)}");
        }
    }

    /// <summary>Line of the mapping.</summary>
    public int Line => LineOf(_mapping.Start);

    /// <summary>Line of a field's value, or of the mapping when the field is not there.</summary>
    public int LineAt(string name) => Find(name) is { } node ? LineOf(node.Start) : Line;

    /// <summary>A text; null when it is missing.</summary>
    /// <param name="name">The field.</param>
    /// <param name="otherwise">What holds when it is missing; null when it must be there.</param>
    public string? Text(string name, string? otherwise = null)
    {
        if (Find(name) is not { } node)
        {
            if (otherwise is null)
                Fault(_mapping, $"'{name}' is missing; add it");
            return otherwise;
        }

        if (node is YamlScalarNode { Value: { } text } && !string.IsNullOrWhiteSpace(text))
            return text.Trim();
        Fault(node, $"'{name}' must be a text that is not empty; write {name}: TEXT{(otherwise is null ? "" : ", or leave it out")}");
        return null;
    }

    /// <summary>A value that is parsed from its text; the default of its type when it is missing or wrong.</summary>
    public T? Parsed<T>(string name, TryParse<T> parse, string expected, string? otherwise = null)
        where T : struct
    {
        if (Text(name, otherwise) is not { } text || text.Length == 0)
            return null;
        if (parse(text, out var value))
            return value;
        Fault(name, $"'{name}' is '{text}', expected {expected}");
        return null;
    }

    /// <summary>One word of several.</summary>
    public T? Word<T>(string name, string? otherwise = null)
        where T : struct, Enum => Parsed<T>(name, TryWord, "one of " + string.Join(", ", Enum.GetValues<T>().Select(Word)), otherwise);

    /// <summary>A list of texts, none twice; empty when it is missing or wrong.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var read = new List<string>();
        var node = Find(name);
        if (node is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            Fault(node ?? _mapping, $"'{name}' must be a list with at least one text; write {name}: [TEXT, TEXT]");
            return read;
        }

        foreach (var item in list.Children)
        {
            if (item is not YamlScalarNode { Value: { } text } || string.IsNullOrWhiteSpace(text))
                Fault(item, $"'{name}' holds something that is no text; write {name}: [TEXT, TEXT]");
            else if (read.Contains(text, StringComparer.Ordinal))
                Fault(item, $"'{name}' holds '{text}' twice; leave one out");
            else
                read.Add(text);
        }

        return read;
    }

    /// <summary>The mappings in a list; those that are none are faults.</summary>
    public IEnumerable<YamlMappingNode> Mappings(string name)
    {
        if (Find(name) is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            Fault(Find(name) ?? _mapping, $"'{name}' must be a list with at least one entry; each starts with '-'");
            return [];
        }

        foreach (var wrong in list.Children.Where(static item => item is not YamlMappingNode))
            Fault(wrong, $"an entry of '{name}' must have fields, this one is '{wrong}'");
        return list.Children.OfType<YamlMappingNode>();
    }

    /// <summary>A mapping inside; null when it is missing or none.</summary>
    public YamlMappingNode? Mapping(string name)
    {
        var node = Find(name);
        if (node is not (null or YamlMappingNode))
            Fault(node, $"'{name}' must have fields, found '{node}'");
        return node as YamlMappingNode;
    }

    /// <summary>Adds a fault at a field.</summary>
    public void Fault(string name, string text) => _faults.Add(new CatalogueFault(_file, LineAt(name), text));

    /// <summary>An enum's word as files and topics write it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNaming(value.ToString());

    /// <summary>A line of a mark.</summary>
    public static int LineOf(Mark mark) => (int)Math.Max(1, mark.Line);

    private static bool TryWord<T>(string text, out T value)
        where T : struct, Enum
    {
        foreach (var known in Enum.GetValues<T>())
        {
            value = known;
            if (string.Equals(Word(known), text, StringComparison.Ordinal))
                return true;
        }

        value = default;
        return false;
    }

    private static string JsonNaming(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private YamlNode? Find(string name) => _mapping.Children.TryGetValue(new YamlScalarNode(name), out var node) ? node : null;

    private void Fault(YamlNode at, string text) => _faults.Add(new CatalogueFault(_file, LineOf(at.Start), text));
}

/// <summary>Parses a text.</summary>
internal delegate bool TryParse<T>(string text, out T value);
