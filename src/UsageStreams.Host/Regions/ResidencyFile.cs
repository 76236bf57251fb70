using UsageStreams.Topology.Regions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace UsageStreams.Host.Regions;

/// <summary>Reads the file that says which region is home to whom (docs/regions.md).</summary>
internal sealed class ResidencyFile(string path)
{
    /// <summary>How long a region's name may be.</summary>
    public const int LongestName = 32;

    private readonly List<string> _faults = [];

    /// <summary>Whether a text can be a region's name, which stands in the names of topics.</summary>
    public static bool IsRegion(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterLower(name[0]) && name.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');

    /// <summary>The rules, for a region.</summary>
    /// <exception cref="HostException">The file can't be read, or doesn't know the region.</exception>
    public static Residency RulesOf(string path, string region)
    {
        var rules = new ResidencyFile(path).Read();
        return rules.Homes.Any(home => home.Region == region)
            ? rules
            : throw new HostException(ExitCodes.Usage, $"{path} knows no region '{region}'; its regions are {string.Join(", ", rules.Homes.Select(static home => home.Region))}.");
    }

    /// <summary>The rules.</summary>
    /// <exception cref="HostException">Something is wrong: every fault is told with its line.</exception>
    public Residency Read()
    {
        var rules = Read(Root());
        return _faults.Count == 0 ? rules : throw new HostException(ExitCodes.Failed, string.Join('\n', _faults));
    }

    private Residency Read(YamlMappingNode root)
    {
        CheckKeys(root, "regions", "otherwise", "keepHome");
        var homes = new List<Home>();
        if (Find(root, "regions") is YamlMappingNode { Children.Count: > 0 } regions)
            homes.AddRange(regions.Children.Select(entry => HomeOf(entry.Key, entry.Value)));
        else
            Fault(Find(root, "regions") ?? root, "'regions' must name at least one region, each with its tenants or businessUnits.");
        var otherwise = Find(root, "otherwise") is YamlScalarNode { Value: { Length: > 0 } name } node ? Known(homes, name, node) : null;
        return new Residency(homes, otherwise, KeptHomeOf(root));
    }

    private Home HomeOf(YamlNode key, YamlNode value)
    {
        var region = (key as YamlScalarNode)?.Value ?? "";
        if (!IsRegion(region))
            Fault(key, $"'{region}' is no name of a region: small letters, digits and '-', at most {LongestName}, beginning with a letter.");
        if (value is not YamlMappingNode home)
        {
            if (value is not YamlScalarNode { Value: null or "" })
                Fault(value, $"region {region} must have tenants or businessUnits, or nothing.");
            return new Home(region, [], []);
        }

        CheckKeys(home, "tenants", "businessUnits");
        var tenants = Texts(home, "tenants");
        foreach (var pattern in tenants.Where(static pattern => pattern[..^1].Contains('*', StringComparison.Ordinal)))
            Fault(home, $"'{pattern}' has a '*' that is not at its end; it stands for all that begin with what is before it.");
        return new Home(region, tenants, Texts(home, "businessUnits"));
    }

    private string Known(List<Home> homes, string region, YamlNode at)
    {
        if (!homes.Exists(home => home.Region == region))
            Fault(at, $"'otherwise' is '{region}', which is none of the regions.");
        return region;
    }

    private KeptHome KeptHomeOf(YamlMappingNode root)
    {
        var kept = KeptHome.None;
        foreach (var text in Texts(root, "keepHome"))
        {
            kept |= text switch
            {
                "tenants" => KeptHome.Tenants,
                "actors" => KeptHome.Actors,
                _ => Unknown(text),
            };
        }

        return kept;

        KeptHome Unknown(string text)
        {
            Fault(Find(root, "keepHome")!, $"'{text}' can't be kept home by itself: tenants and actors can. Users, properties, traces and event ids always are.");
            return KeptHome.None;
        }
    }

    private List<string> Texts(YamlMappingNode mapping, string key)
    {
        var node = Find(mapping, key);
        if (node is YamlSequenceNode list && list.Children.All(static item => item is YamlScalarNode { Value.Length: > 0 }))
            return [.. list.Children.Select(static item => ((YamlScalarNode)item).Value!)];
        if (node is not null)
            Fault(node, $"'{key}' must be a list of texts; write {key}: [one, another].");
        return [];
    }

    private void CheckKeys(YamlMappingNode mapping, params string[] known)
    {
        foreach (var key in mapping.Children.Keys.Where(key => key is not YamlScalarNode { Value: { } name } || !known.Contains(name, StringComparer.Ordinal)))
            Fault(key, $"unknown key '{key}'; the keys here are {string.Join(", ", known)}.");
    }

    private YamlMappingNode Root()
    {
        try
        {
            using var text = File.OpenText(path);
            var stream = new YamlStream();
            stream.Load(text);
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
                return root;
            throw new HostException(ExitCodes.Failed, $"{path}:1: the file must hold one mapping, with the key 'regions'.");
        }
        catch (YamlException error)
        {
            throw new HostException(ExitCodes.Failed, FormattableString.Invariant($"{path}:{error.Start.Line}: no YAML: {error.Message}"), error);
        }
    }

    private void Fault(YamlNode at, string text) => _faults.Add(FormattableString.Invariant($"{path}:{Math.Max(1, at.Start.Line)}: {text}"));

    private static YamlNode? Find(YamlMappingNode mapping, string key) => mapping.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;
}
