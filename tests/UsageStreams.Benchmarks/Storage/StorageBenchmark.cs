using System.Diagnostics;

namespace UsageStreams.Benchmarks.Storage;

/// <summary>State stores by themselves: the engine's two kinds, and FASTER, which could stand in the place of the one on disk.</summary>
internal static class StorageBenchmark
{
    private const int DefaultKeys = 5_000_000;
    private const int CommitEvery = 50_000;

    public static int Run(BenchmarkOptions options)
    {
        var keys = options.Keys ?? DefaultKeys;
        var results = new List<CaseResult>();
        double memory = 0;
        foreach (var (name, open) in Candidates())
        {
            if (options.Only.Count > 0 && !options.Only.Contains(name)) continue;
            var runs = Enumerable.Range(0, options.Runs).Select(_ => Measure(open, keys)).OrderBy(static run => run["put/s"]).ToList();
            var median = runs[runs.Count / 2];
            if (name == "memory") memory = median["put/s"];
            results.Add(new CaseResult(name)
            {
                RecordsPerSecond = median["put/s"],
                Low = runs[0]["put/s"],
                High = runs[^1]["put/s"],
                Ratio = memory > 0 ? median["put/s"] / memory : null,
                Figures = median,
            });
        }

        CaseResult.Print(results, options.Json);
        return 0;
    }

    private static IEnumerable<(string Name, Func<string, StorageCandidate> Open)> Candidates() =>
    [
        ("memory", static folder => new OwnStore(folder, onDisk: false)),
        ("disk", static folder => new OwnStore(folder, onDisk: true)),
        ("faster", static folder => new FasterStore(folder)),
    ];

    private static Dictionary<string, double> Measure(Func<string, StorageCandidate> open, int keys)
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-bench-storage-");
        try
        {
            var before = Memory();
            var figures = new Dictionary<string, double>(StringComparer.Ordinal);
            using (var store = open(folder.FullName))
            {
                figures["put/s"] = Rate(keys, key => Put(store, key, keys));
                store.Commit();
                figures["memory, B/key"] = (Memory() - before) / (double)keys;
                figures["hit/s"] = Rate(keys, key => Check(store.TryGet(Scattered(key, keys), out var value) && value == Scattered(key, keys), key));
                figures["miss/s"] = Rate(keys, key => Check(!store.TryGet(keys + Scattered(key, keys), out _), key));
                figures["update/s"] = Rate(keys, key => Put(store, key, keys));
                store.Commit();
                store.Close();
            }

            figures["disk, B/key"] = folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => Allocated(file)) / (double)keys;
            var start = Stopwatch.GetTimestamp();
            using var again = open(folder.FullName);
            Check(again.TryGet(keys / 2, out var found) && found == keys / 2, keys / 2);
            figures["reopen, s"] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return figures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Put(StorageCandidate store, long key, int keys)
    {
        store.Put(Scattered(key, keys), Scattered(key, keys));
        if (key % CommitEvery == CommitEvery - 1) store.Commit();
    }

    private static double Rate(int keys, Action<long> act)
    {
        var start = Stopwatch.GetTimestamp();
        for (long key = 0; key < keys; key++) act(key);
        return keys / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Every number below the count once, in an order that no cache foresees.
    private static long Scattered(long key, int keys) => (long)((ulong)key * 2_654_435_761UL % (ulong)keys);

    private static void Check(bool condition, long key)
    {
        if (!condition) throw new InvalidOperationException($"The store gave a wrong answer for key {key}.");
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // A log's last file is a hole behind what was written.
    private static long Allocated(FileInfo file)
    {
        using var stream = file.OpenRead();
        var buffer = new byte[1 << 16];
        long last = 0, position = 0;
        for (int read; (read = stream.Read(buffer)) > 0; position += read)
        {
            var index = buffer.AsSpan(0, read).LastIndexOfAnyExcept((byte)0);
            if (index >= 0) last = position + index + 1;
        }

        return last;
    }
}

/// <summary>A store that is measured. Keys are 16 bytes, values 8.</summary>
internal abstract class StorageCandidate : IDisposable
{
    public abstract void Put(long key, long value);

    public abstract bool TryGet(long key, out long value);

    /// <summary>What was put is the state from here on.</summary>
    public abstract void Commit();

    /// <summary>Makes the state such that it can be opened again.</summary>
    public abstract void Close();

    public abstract void Dispose();
}
