using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// The meter with more and more tenants: the table, the open windows and the ids remembered grow with them, because each tenant has one event
/// in a minute. Each size runs in a process of its own, so that its memory is its own. The rate is that of the second half of the input.
/// </summary>
internal static class GrowthCase
{
    private static readonly int[] Sizes = [10_000, 1_000_000, 10_000_000];

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        if (setting.Options.Keys is { } keys) return [await OneAsync(setting, keys)];
        var results = new List<CaseResult>();
        foreach (var size in Sizes)
        {
            var one = await ByProcessAsync(setting, size);
            results.Add(one with { Ratio = one.RecordsPerSecond / (results.FirstOrDefault() ?? one).RecordsPerSecond });
        }

        return results;
    }

    private static async Task<CaseResult> OneAsync(EngineSetting setting, int keys)
    {
        // Enough that every tenant has been seen when the second half begins, and the windows of a minute ago close in it.
        var records = setting.Options.Records ?? Math.Max(2_000_000, keys * 2);
        var load = new EngineLoad(setting.Connection, records, keys, keys);
        EngineSetting.Say($"growth with {keys:N0} keys: publishing {records:N0} records");
        await load.PublishAsync();
        var plain = PlainLoop.Run(load.Connection, load.Events, EngineLoad.Partitions, load.Records);
        await load.CreateAsync(load.Output("growth"));
        var (heap, resident) = Memory();
        var run = new StreamRun(load.Connection, load.Application("growth")) { Records = records, AtEnd = AtEnd };
        var measured = await run.RunAsync(EngineTopologies.Meter(load, load.Output("growth"), run.Changelogs));
        EngineSetting.Say($"growth with {keys:N0} keys: {run.SecondHalf:N0}/s");
        return new CaseResult($"growth-{keys.ToString(CultureInfo.InvariantCulture)}")
        {
            RecordsPerSecond = run.SecondHalf,
            BytesPerRecord = measured.BytesPerRecord,
            ChangelogBytesPerRecord = measured.ChangelogBytesPerRecord,
            Ratio = 1,
            Figures = new Dictionary<string, double>(measured.Figures!, StringComparer.Ordinal)
            {
                ["of the plain loop"] = run.SecondHalf / plain.RecordsPerSecond,
                // With few tenants a window opens and closes within one commit, of which the changelog has its end only.
                ["records written per record read"] = run.Written / (double)records,
            },
        };

        Dictionary<string, double> AtEnd()
        {
            var (heapNow, residentNow) = Memory();
            return new(StringComparer.Ordinal)
            {
                ["managed heap, B/key"] = (heapNow - heap) / (double)keys,
                ["resident memory, B/key"] = (residentNow - resident) / (double)keys,
            };
        }
    }

    private static (long Heap, long Resident) Memory()
    {
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        return (heap, Environment.WorkingSet);
    }

    private static async Task<CaseResult> ByProcessAsync(EngineSetting setting, int keys)
    {
        var options = setting.Options;
        List<string> arguments =
        [
            "engine", "--json", "--only", "growth", "--keys", keys.ToString(CultureInfo.InvariantCulture), "--bootstrap", setting.Connection.BootstrapServers,
            .. options.Records is { } records ? ["--records", records.ToString(CultureInfo.InvariantCulture)] : (string[])[],
        ];
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Printed>(output, JsonSerializerOptions.Web)!.Cases[0]
            : throw new InvalidOperationException($"The growth case with {keys} keys ended with exit code {process.ExitCode}; its error is above.");
    }

    private sealed record Printed(IReadOnlyList<CaseResult> Cases);
}
