using System.Buffers;
using System.CommandLine;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Regions;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Host.Commands;

/// <summary>The options that say where Kafka and the registry are.</summary>
internal sealed class CommonOptions
{
    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    private readonly Option<string?> _bootstrap;
    private readonly Option<Uri?> _registry;
    private readonly Option<string> _prefix = new("--prefix")
    {
        Description = "Put before every topic, application and transactional id, such as 'eu.'", DefaultValueFactory = static _ => "",
    };

    private readonly Option<string> _region = new("--region")
    {
        Description = "The region whose usage is meant, such as 'eu'; see docs/regions.md", DefaultValueFactory = static _ => "",
    };

    private readonly Option<FileInfo?> _kafkaConfig = new("--kafka-config")
    {
        Description = "File of librdkafka client properties, name=value on each line: TLS, sign-in",
    };

    private readonly bool _takesRegion;

    /// <param name="optional">Whether Kafka can be left to this process (up).</param>
    /// <param name="takesRegion">Whether a region can be meant: what runs all on one machine has none.</param>
    public CommonOptions(bool optional = false, bool takesRegion = true)
    {
        _takesRegion = takesRegion;
        var otherwise = optional ? "; without it an embedded broker and registry are started" : "";
        _bootstrap = new("--bootstrap")
        {
            Description = "Kafka's bootstrap servers, host:port[,host:port]" + otherwise,
            DefaultValueFactory = _ => optional ? null : "127.0.0.1:9092",
        };
        _registry = new("--registry")
        {
            Description = "Base URL of the schema registry",
            DefaultValueFactory = _ => optional ? null : new Uri("http://127.0.0.1:8081"),
            CustomParser = Limits.Url,
        };
        _prefix.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is { } prefix && prefix.AsSpan().ContainsAnyExcept(PrefixCharacters))
                result.AddError($"--prefix '{prefix}' holds a character that no topic name may have: letters, digits, '.', '_' and '-' are allowed.");
        });
        _region.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is { Length: > 0 } region && !ResidencyFile.IsRegion(region))
                result.AddError($"--region '{region}' is no name of a region: small letters, digits and '-', at most {ResidencyFile.LongestName}, beginning with a letter.");
        });
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_bootstrap);
        command.Options.Add(_registry);
        command.Options.Add(_prefix);
        if (_takesRegion)
            command.Options.Add(_region);
        command.Options.Add(_kafkaConfig);
    }

    /// <summary>The prefix given.</summary>
    public string Prefix(ParseResult parsed) => parsed.GetValue(_prefix)!;

    /// <summary>The topics' names, by the prefix and region given.</summary>
    public UsageTopics Topics(ParseResult parsed) => new(Prefix(parsed), _takesRegion ? parsed.GetValue(_region)! : "");

    /// <summary>Kafka as given; null when it was left to this process.</summary>
    /// <exception cref="HostException">One of --bootstrap and --registry is missing.</exception>
    public KafkaAccess? Access(ParseResult parsed)
    {
        var bootstrap = parsed.GetValue(_bootstrap);
        var registry = parsed.GetValue(_registry);
        if (bootstrap is null && registry is null)
            return null;
        if (bootstrap is null || registry is null)
            throw new HostException(ExitCodes.Usage, "--bootstrap and --registry belong together: give both, or neither for an embedded broker and registry.");
        var connection = new KafkaConnection(bootstrap) { Settings = KafkaProperties.Read(parsed.GetValue(_kafkaConfig)) };
        return new KafkaAccess(connection, registry, Topics(parsed));
    }

    /// <summary>The same as arguments of a worker.</summary>
    public static IEnumerable<string> ToArguments(KafkaAccess access, FileInfo? kafkaConfig)
    {
        yield return "--bootstrap";
        yield return access.Bootstrap;
        yield return "--registry";
        yield return access.Registry.ToString();
        if (access.Topics.Prefix.Length > 0)
        {
            yield return "--prefix";
            yield return access.Topics.Prefix;
        }

        if (access.Topics.Region.Length > 0)
        {
            yield return "--region";
            yield return access.Topics.Region;
        }

        if (kafkaConfig is not null)
        {
            yield return "--kafka-config";
            yield return kafkaConfig.FullName;
        }
    }

    /// <summary>The file of client properties given.</summary>
    public FileInfo? KafkaConfig(ParseResult parsed) => parsed.GetValue(_kafkaConfig);
}
