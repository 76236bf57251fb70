using System.Globalization;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>
/// Sums numbers per key, over a repartition with a combiner: input values are numbers, keys are <c>group:anything</c>, sums are by group.
/// The output carries the running total, so that a record lost or doubled anywhere shows in the last one.
/// </summary>
internal static class SumTopology
{
    public static Streams.Topology Build(string input, string output, out StoreBuilder<string, long> totals, bool onDisk = false)
    {
        StoreBuilder<string, long> store = Stores.KeyValue("totals", Serdes.Utf8, Serdes.Int64);
        store = onDisk ? store.OnDisk() : store;
        totals = store;
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("numbers"))
            .Map("by-group", static (in Record<string, string> r) => r.With(r.Key[..r.Key.IndexOf(':')], long.Parse(r.Value, CultureInfo.InvariantCulture)))
            .Repartition(Repartitioned.With("groups", Serdes.Utf8, Serdes.Int64).WithCombiner(static (all, next) => all + next))
            .Process("sum", () => new Sum(store), store)
            .To(output, Produced.With(Serdes.Utf8, Serdes.Int64));
        return builder.Build();
    }

    /// <summary>Numbers for the input, and the totals that a plain loop gives.</summary>
    public static (List<(string Key, string Value)> Records, Dictionary<string, long> Totals) Numbers(int seed, int count, int groups = 20)
    {
        var random = new Random(seed);
        var records = new List<(string Key, string Value)>();
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string group = $"g{random.Next(groups)}";
            int number = random.Next(1000);
            records.Add(($"{group}:{random.Next(50)}", number.ToString(CultureInfo.InvariantCulture)));
            totals[group] = totals.GetValueOrDefault(group) + number;
        }

        return (records, totals);
    }

    /// <summary>The totals that a plain loop gives.</summary>
    public static Dictionary<string, long> Totals(IEnumerable<(string Key, string Value)> records)
    {
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach ((string key, string value) in records)
        {
            string group = key[..key.IndexOf(':')];
            totals[group] = totals.GetValueOrDefault(group) + long.Parse(value, CultureInfo.InvariantCulture);
        }

        return totals;
    }

    /// <summary>The last total of each group.</summary>
    public static Dictionary<string, long> Last(IEnumerable<(string Key, byte[]? Value)> records)
    {
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach ((string key, byte[]? value) in records)
            last[key] = KafkaUnderTest.Number(value);
        return last;
    }

    private sealed class Sum(StoreBuilder<string, long> store) : IProcessor<string, long, string, long>
    {
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _totals = null!;

        public void Init(ProcessorContext<string, long> context)
        {
            _context = context;
            _totals = context.GetStore(store);
        }

        public void Process(in Record<string, long> record)
        {
            long total = _totals.Get(record.Key) + record.Value;
            _totals.Put(record.Key, total);
            _context.Forward(record.WithValue(total));
        }
    }
}
