using System.Diagnostics;
using System.Globalization;
using UsageStreams.Benchmarks.Storage;

namespace UsageStreams.Benchmarks.Dedup;

/// <summary>
/// Many live ids of a deduplication in one task: what they take on disk and in memory, how long one look-up takes, and how long a restart until the first is
/// answered. Once, because it is long; the page cache is as the machine has it.
/// </summary>
internal static class DedupBenchmark
{
    private const int DefaultRecords = 100_000_000;
    private const int Lookups = 1_000_000;

    public static int Run(BenchmarkOptions options)
    {
        var records = options.Records ?? DefaultRecords;
        var folder = Directory.CreateTempSubdirectory("usagestreams-bench-dedup-");
        try
        {
            var figures = new Dictionary<string, double>(StringComparer.Ordinal);
            var rate = Fill(folder.FullName, records, figures);
            Reopen(folder.FullName, records, figures);
            CaseResult.Print([new CaseResult("dedup") { RecordsPerSecond = rate, Figures = figures }], options.Json);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Fill(string folder, int records, Dictionary<string, double> figures)
    {
        var (managed, anonymous) = (Managed(), Anonymous());
        using var seen = new SeenStore(folder);
        var start = Stopwatch.GetTimestamp();
        for (long number = 0; number < records; number++)
            Check(seen.TryAdd(number), number);
        seen.Commit();
        var rate = records / Stopwatch.GetElapsedTime(start).TotalSeconds;
        figures["live keys"] = seen.Count;
        figures["disk, bytes"] = seen.DiskBytes;
        figures["disk, B/key"] = seen.DiskBytes / (double)records;
        figures["managed memory, bytes"] = Managed() - managed;
        figures["managed memory, B/key"] = (Managed() - managed) / (double)records;
        if (anonymous is { } before && Anonymous() is { } after)
            figures["process memory without mapped files, B/key"] = (after - before) / (double)records;
        figures["process memory with what is cached of mapped files, bytes"] = Environment.WorkingSet;
        Time("hit", figures, number => Check(!seen.TryAdd(number % records), number));
        Time("miss", figures, number => Check(!seen.Contains(records + number), number));
        return rate;
    }

    private static void Reopen(string folder, int records, Dictionary<string, double> figures)
    {
        var start = Stopwatch.GetTimestamp();
        using var seen = new SeenStore(folder);
        Check(seen.Contains(records / 2), records / 2);
        figures["restart to serving, s"] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Check(seen.Count == records, seen.Count);
    }

    /// <summary>Each look-up by itself, in an order that no cache foresees.</summary>
    private static void Time(string name, Dictionary<string, double> figures, Action<long> lookUp)
    {
        var durations = new long[Lookups];
        for (var i = 0; i < Lookups; i++)
        {
            var number = (long)(((ulong)i * 0x9e3779b97f4a7c15) >> 2);
            var start = Stopwatch.GetTimestamp();
            lookUp(number);
            durations[i] = Stopwatch.GetTimestamp() - start;
        }

        Array.Sort(durations);
        figures[$"{name} p50, µs"] = Microseconds(durations[Lookups / 2]);
        figures[$"{name} p99, µs"] = Microseconds(durations[Lookups / 100 * 99]);
        figures[$"{name} p99.9, µs"] = Microseconds(durations[Lookups / 1000 * 999]);
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private static long Managed() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>The process's own memory, which no file backs: Linux tells it.</summary>
    private static long? Anonymous()
    {
        const string status = "/proc/self/status";
        if (!File.Exists(status))
            return null;
        var line = File.ReadLines(status).First(static line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("RssAnon:".Length, line.Length - "RssAnon: kB".Length), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
    }

    private static void Check(bool condition, long number)
    {
        if (!condition) throw new InvalidOperationException($"The store gave a wrong answer for {number}.");
    }
}
