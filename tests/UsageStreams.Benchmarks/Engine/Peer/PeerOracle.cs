using System.Globalization;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>What must come out, computed from the generator's formula and not from what is in the topic.</summary>
internal static class PeerOracle
{
    private const long Start = 1_700_000_000_000;
    private const int Slots = 1000;

    /// <summary>Sums per key and minute of what <c>gen</c> writes.</summary>
    public static Dictionary<Windowed<string>, long> Sums(int records, int keys)
    {
        var (random, sums) = (new JavaRandom(1), new Dictionary<Windowed<string>, long>());
        for (var number = 0; number < records; number++) Add(sums, Named('k', random.Next(keys)), number, number);
        return sums;
    }

    /// <summary>Sums per account and minute of the distinct events that <c>gen-meter</c> writes: a repeated one is that of its slot, and adds nothing.</summary>
    public static Dictionary<Windowed<string>, long> Metered(int records, int keys)
    {
        var (random, sums) = (new JavaRandom(1), new Dictionary<Windowed<string>, long>());
        for (var number = 0; number < records; number++)
        {
            if (number >= Slots && random.Next(20) == 0) random.Next(Slots);
            else Add(sums, Named('a', random.Next(keys) / 4), number, number % 1000);
        }

        return sums;
    }

    private static void Add(Dictionary<Windowed<string>, long> sums, string key, int number, long quantity)
    {
        var start = Minutes.StartOf(Start + number);
        var window = new Windowed<string>(key, new TimeWindow(start, start + Minutes.Length));
        sums[window] = sums.GetValueOrDefault(window) + quantity;
    }

    private static string Named(char kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number:D7}");
}
