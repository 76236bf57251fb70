using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Tests.State;

/// <summary>The table of slots beside a dictionary that does the same.</summary>
public sealed class SlotTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_finds_what_a_dictionary_finds_and_entries_keep_their_numbers(int seed)
    {
        var random = new Random(seed);
        var table = new SlotTable<Clashing, int>();
        var oracle = new Dictionary<Clashing, (int Number, int Value)>();
        for (int step = 0; step < 100_000; step++)
        {
            var key = new Clashing(random.Next(3000));
            int number = table.Find(key);
            number.ShouldBe(oracle.TryGetValue(key, out (int Number, int Value) known) ? known.Number : -1);
            if (number < 0)
            {
                number = table.Add(key);
                table[number] = step;
                oracle.Add(key, (number, step));
            }
            else if (random.Next(3) == 0)
            {
                table[number].ShouldBe(known.Value);
                table.Remove(number);
                oracle.Remove(key);
            }

            if (random.Next(20_000) == 0)
            {
                table.Empty();
                oracle.Clear();
            }
        }

        table.Count.ShouldBe(oracle.Count);
        Enumerable.Range(0, table.End).Where(table.IsUsed).Select(table.KeyOf).ShouldBe(oracle.Keys, ignoreOrder: true);
    }

    /// <summary>With enough keys that fetching is worth it: keys that are there, that were removed, and that never were.</summary>
    [Fact]
    public void Asking_for_keys_ahead_changes_nothing()
    {
        var table = new SlotTable<string, int>();
        string[] keys = [.. Enumerable.Range(0, 60_000).Select(static n => $"k{n}")];
        foreach (string key in keys)
            table[table.FindOrAdd(key)] = key.Length;
        for (int n = 0; n < keys.Length; n += 3)
            table.Remove(table.Find(keys[n]));
        var random = new Random(4);
        for (int batch = 0; batch < 2000; batch++)
        {
            int[] asked = [.. Enumerable.Range(0, 40).Select(_ => random.Next(keys.Length + 1000))];
            foreach (int n in asked)
                table.Prefetch($"k{n}");
            table.FetchEntries();
            foreach (int n in asked)
            {
                int number = table.Find($"k{n}");
                (number >= 0).ShouldBe(n < keys.Length && n % 3 != 0);
                if (number >= 0)
                    table[number].ShouldBe($"k{n}".Length);
            }
        }

        table.Count.ShouldBe(40_000);
    }

    /// <summary>Of every seven, all have one hash.</summary>
    private readonly record struct Clashing(int Id)
    {
        public override int GetHashCode() => Id / 7;
    }
}
