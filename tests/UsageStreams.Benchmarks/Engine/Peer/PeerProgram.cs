using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>The Java Kafka Streams program: fills topics, and does the same jobs over them.</summary>
internal sealed partial class PeerProgram
{
    private const int LeastJava = 17;
    private const int ToldLines = 15;

    private readonly string _program;
    private readonly string _bootstrap;

    private PeerProgram(string program, string bootstrap) => (_program, _bootstrap) = (program, bootstrap);

    /// <exception cref="ArgumentException">Something that it needs is missing: the message says what.</exception>
    public static async Task<PeerProgram> FindAsync(BenchmarkOptions options)
    {
        if (options.Peer is null || options.Bootstrap is null)
        {
            throw new ArgumentException(
                "The peer cases run Java Kafka Streams beside the engine: give --peer FOLDER, which holds its program 'peer' with peer.jar and lib/, "
                + "and --bootstrap HOST:PORT, a real Kafka (./dev kafka start).");
        }

        var program = Path.Combine(Path.GetFullPath(options.Peer), "peer");
        if (!File.Exists(program))
            throw new ArgumentException($"There is no program '{program}': --peer takes the folder that holds 'peer' with peer.jar and lib/.");
        await CheckJavaAsync();
        return new PeerProgram(program, options.Bootstrap);
    }

    /// <summary>Fills a topic by <c>gen</c> or <c>gen-meter</c>.</summary>
    public async Task FillAsync(string command, string topic, int records, int keys) =>
        await RunAsync(command, "--in", topic, "--n", Text(records), "--keys", Text(keys));

    /// <summary>Runs a job exactly once on one stream thread, with its stores in memory.</summary>
    public async Task<Measured> MeasureAsync(string job, string topic, int records)
    {
        var state = Directory.CreateTempSubdirectory("usagestreams-peer-");
        try
        {
            var output = await RunAsync(job, "--in", topic, "--n", Text(records), "--eos", "yes", "--state", state.FullName);
            // What is behind the repartition topic is settled later than what is read.
            var rate = Find(Settled(), output) ?? Find(Processed(), output)
                ?? throw new InvalidOperationException($"The peer's {job} told no rate. Its last lines:{Environment.NewLine}{Last(output)}");
            return new Measured(rate, null)
            {
                Figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["records dropped as late"] = Find(Dropped(), output) ?? 0 },
            };
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static async Task CheckJavaAsync()
    {
        var needed = $"The peer needs a Java runtime, {LeastJava} or later, on PATH (Debian: apt-get install -y openjdk-{LeastJava}-jre-headless)";
        string told;
        try
        {
            told = (await RunAsync("java", ["-version"])).Output;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ArgumentException($"{needed}; there is no 'java': {e.Message}", e);
        }

        if (Version().Match(told) is not { Success: true } version || int.Parse(version.Groups["number"].Value, CultureInfo.InvariantCulture) < LeastJava)
            throw new ArgumentException($"{needed}; 'java -version' says: {Last(told)}");
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await RunAsync(_program, [.. arguments, "--bootstrap", _bootstrap]);
        return code == 0 && !output.Contains("not done:", StringComparison.Ordinal)
            ? output
            : throw new InvalidOperationException(
                $"'peer {string.Join(' ', arguments)}' did not finish (exit code {code}). Its last lines:{Environment.NewLine}{Last(output)}");
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    private static double? Find(Regex pattern, string output) =>
        pattern.Match(output) is { Success: true } match ? double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) : null;

    private static string Last(string output) => string.Join(Environment.NewLine, output.TrimEnd().Split('\n').TakeLast(ToldLines));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"settled .*rate=(?<number>\d+)/s", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Settled();

    [GeneratedRegex(@"processed .*rate=(?<number>\d+)/s", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Processed();

    [GeneratedRegex(@"dropped as late: (?<number>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Dropped();

    [GeneratedRegex("version \"(?<number>\\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Version();
}
