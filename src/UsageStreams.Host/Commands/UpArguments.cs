using System.CommandLine;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;
using UsageStreams.Host.Up;

namespace UsageStreams.Host.Commands;

/// <summary>The options of <c>up</c>.</summary>
internal sealed class UpArguments
{
    private readonly Option<bool> _once = new("--once") { Description = "Publish the input, settle, print the statement and end" };
    private readonly Option<FileInfo?> _input = new("--input") { Description = "Access log to publish; the sample by default" };
    private readonly Option<string?> _source = new("--as") { Description = "Name of its source; the file's name without its ending by default" };
    private readonly Option<bool> _json = new("--json") { Description = "With --once: print the statement as one JSON object, nothing else on stdout" };
    private readonly Option<int> _kill = new("--kill") { Description = "With --once: kill the worker so many times at random moments" };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Chooses the moments of --kill, and the generated load", DefaultValueFactory = static _ => 1 };
    private readonly Option<double> _rate = new("--rate") { Description = "Events per second of a live run", DefaultValueFactory = static _ => 500 };
    private readonly Option<double> _patience = new("--patience") { Description = "With --once: seconds in which nothing moves before it is given up", DefaultValueFactory = static _ => 120 };
    private readonly Option<string?> _data = new("--data")
    {
        Description = $"Folder of the data; one process at a time may use it. By default {DataFolder.Default("live")}, with --once {DataFolder.Default("once")}, against a Kafka given a folder named after it",
    };

    private readonly Option<int> _brokerPort = DataOption.Port("--broker-port", "Port of the embedded broker on 127.0.0.1", 0);
    private readonly Option<int> _registryPort = DataOption.Port("--registry-port", "Port of the embedded registry on 127.0.0.1", 0);
    private readonly Option<int> _sandboxPort = DataOption.Port("--sandbox-port", "Port of the sandbox on 127.0.0.1", 0);
    private readonly CommonOptions _common = new(optional: true, takesRegion: false);

    public UpArguments()
    {
        _kill.Between(0, 100);
        _rate.AboveZero();
        _patience.AboveZero();
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)
            [_once, _input, _source, _json, _kill, _seed, _rate, _patience, _data, _brokerPort, _registryPort, _sandboxPort])
            command.Options.Add(option);
        _common.AddTo(command);
    }

    /// <summary>Whether it is to end by itself.</summary>
    public bool IsOnce(ParseResult parsed) => parsed.GetValue(_once);

    /// <summary>What was given.</summary>
    /// <exception cref="HostException">The input isn't there.</exception>
    public UpOptions Read(ParseResult parsed)
    {
        if (!IsOnce(parsed) && (parsed.GetValue(_json) || parsed.GetValue(_kill) > 0))
            throw new HostException(ExitCodes.Usage, "--json and --kill belong to --once: give that too.");
        var input = parsed.GetValue(_input) is { } file
            ? Files.MustExist(file)
            : Files.Sample ?? throw new HostException(ExitCodes.Usage, "The sample log is not beside the command: name a log with --input.");
        var given = _common.Access(parsed);
        return new UpOptions
        {
            Input = input,
            Source = parsed.GetValue(_source) ?? Path.GetFileNameWithoutExtension(input),
            Data = parsed.GetValue(_data) ?? DataFolder.Default(Use(IsOnce(parsed), given)),
            Given = given,
            KafkaConfig = _common.KafkaConfig(parsed),
            Prefix = _common.Prefix(parsed),
            Ports = new LocalPorts(parsed.GetValue(_brokerPort), parsed.GetValue(_registryPort), parsed.GetValue(_sandboxPort)),
            Json = parsed.GetValue(_json),
            Kills = parsed.GetValue(_kill),
            Seed = parsed.GetValue(_seed),
            Rate = parsed.GetValue(_rate),
            Patience = TimeSpan.FromSeconds(parsed.GetValue(_patience)),
        };
    }

    private static string Use(bool once, KafkaAccess? given)
    {
        var use = once ? "once" : "live";
        if (given is null)
            return use;
        var name = $"{use}-{given.Topics.Prefix}{given.Bootstrap}";
        return string.Create(name.Length, name, static (safe, name) =>
        {
            for (var index = 0; index < safe.Length; index++)
                safe[index] = char.IsAsciiLetterOrDigit(name[index]) || name[index] == '.' ? name[index] : '-';
        });
    }
}
