using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// A store restored: from its changelog by an application that starts with nothing (<c>restore</c>), the same while it keeps local state
/// (<c>restore-kept</c>), and from that local state by its next start (<c>restart</c>). The rival is the plain consume loop over the changelog.
/// </summary>
internal static class RestoreCase
{
    private const int DefaultKeys = 5_000_000;

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, setting.Options.Keys ?? DefaultKeys);
        var application = load.Application("restore");
        var changelog = $"{application}-windows-changelog";
        await load.CreateAsync(load.Events, load.Output("restore"), changelog);
        EngineSetting.Say($"publishing {load.Records:N0} keys to a changelog");
        using (var publisher = new Publisher(setting.Connection, EngineLoad.Partitions))
        {
            for (long key = 0; key < load.Records; key++) publisher.Send(changelog, new WindowKey(key, 0), new Total(key, 1));
        }

        var rounds = new Rounds();
        for (var run = 1; run <= setting.Options.Runs; run++)
        {
            var state = Directory.CreateTempSubdirectory("usagestreams-bench-state-");
            try
            {
                var options = new StreamsOptions { ApplicationId = application, Connection = setting.Connection };
                rounds.Add("restore-plain", PlainLoop.Run(setting.Connection, changelog, EngineLoad.Partitions, load.Records));
                rounds.Add("restore", await RestoreRun.RunAsync(load, options, load.Records));
                rounds.Add("restore-kept", await RestoreRun.RunAsync(load, options with { StateDirectory = state.FullName }, load.Records));
                rounds.Add("restart", await RestoreRun.RunAsync(load, options with { StateDirectory = state.FullName }, 0));
            }
            finally
            {
                state.Delete(recursive: true);
            }
        }

        return rounds.Results("restore-plain");
    }
}
