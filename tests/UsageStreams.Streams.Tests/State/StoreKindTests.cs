using System.Runtime.CompilerServices;
using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Tests.State;

/// <summary>Stores in memory and on disk beside a dictionary that does the same, over crashes and compactions.</summary>
public sealed class StoreKindTests
{
    public static TheoryData<bool, int, int> Runs
    {
        get
        {
            var runs = new TheoryData<bool, int, int>();
            for (int seed = 1; seed <= 30; seed++)
            {
                runs.Add(false, 0, seed);
                runs.Add(true, 0, seed);
                // Less than there are keys, and more.
                runs.Add(true, 20, seed);
                runs.Add(true, 1000, seed);
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_store_holds_what_a_dictionary_holds_and_after_a_crash_what_was_committed(bool onDisk, int cached, int seed)
    {
        var random = new Random(seed);
        using var logged = new LoggedStore(onDisk, new MemoryFolder(), cached: cached);
        var oracle = new Dictionary<string, string>(StringComparer.Ordinal);
        var committed = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int step = 0; step < 4000; step++)
        {
            Change(random, logged.Store, oracle);
            if (random.Next(8) == 0)
            {
                logged.Commit(step);
                committed = new Dictionary<string, string>(oracle, StringComparer.Ordinal);
            }

            if (random.Next(200) == 0)
            {
                logged.Content().ShouldBe(oracle, ignoreOrder: true);
                logged.Store.Count.ShouldBe(oracle.Count);
                logged.Open();
                oracle = new Dictionary<string, string>(committed, StringComparer.Ordinal);
            }
        }

        logged.Content().ShouldBe(oracle, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_changelog_holds_what_was_committed_and_hears_nothing_of_what_came_and_went_between_two_commits(bool onDisk, int cached, int seed)
    {
        var random = new Random(seed);
        var changelog = new Changelog();
        using var logged = new LoggedStore(onDisk, new MemoryFolder(), cached: cached, changelog: changelog);
        var oracle = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int step = 0; step < 4000; step++)
        {
            Change(random, logged.Store, oracle);
            if (random.Next(8) != 0)
                continue;
            logged.Commit(step);
            changelog.Content.ShouldBe(oracle, ignoreOrder: true);
            if (random.Next(20) == 0)
                logged.Open();
        }

        changelog.NeedlessDeletions.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_key_keeps_its_mark_from_its_first_change_to_the_next_commit(bool onDisk, int cached, int seed)
    {
        using var logged = new LoggedStore(onDisk, new MemoryFolder(), cached: cached);
        MarksStay(new Random(seed), logged.Store, logged.Commit);
    }

    [Fact]
    public void A_key_keeps_its_mark_where_changes_are_written_nowhere()
    {
        var store = (KeyValueStore<string, string>)Stores.KeyValue("store", Serdes.Utf8, Serdes.Utf8).Create();
        store.Attach(log: null, hasChangelog: false);
        MarksStay(new Random(1), store, _ => store.Flush(new ChangelogWriter(new Changelog(), topic: null, 0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_overwritten_again_and_again_does_not_fill_the_disk(bool onDisk)
    {
        using var logged = new LoggedStore(onDisk, new MemoryFolder(), segmentBytes: 64 * 1024);
        for (int commit = 0; commit < 4000; commit++)
        {
            for (int i = 0; i < 50; i++)
                logged.Store.Put($"key {((commit * 50) + i) % 500}", $"value {commit}");
            logged.Commit(commit);
        }

        // 200,000 records of about 30 bytes were written, of which 500 are live.
        logged.OldestSegment.ShouldBeGreaterThan(10);
        logged.Segments.ShouldBeLessThan(20);
        logged.Open();
        logged.Store.Count.ShouldBe(500);
        logged.Content().Values.Min(static value => int.Parse(value.AsSpan(6), System.Globalization.CultureInfo.InvariantCulture)).ShouldBeGreaterThanOrEqualTo(3989);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 70)]
    [InlineData(false, 0)]
    public void While_a_store_is_enumerated_present_keys_can_be_put_and_deleted(bool onDisk, int cached)
    {
        using var logged = new LoggedStore(onDisk, new MemoryFolder(), cached: cached);
        for (int i = 0; i < 100; i++)
            logged.Store.Put($"{i}", "committed");
        logged.Commit(1);
        for (int i = 0; i < 50; i++)
            logged.Store.Put($"{i}", "changed");

        var met = new List<string>();
        foreach ((string key, string value) in logged.Store.All)
        {
            met.Add(key);
            value.ShouldBe(int.Parse(key, System.Globalization.CultureInfo.InvariantCulture) < 50 ? "changed" : "committed");
            if (key.EndsWith('1'))
                logged.Store.Delete(key);
            else
                logged.Store.Put(key, "met");
        }

        met.Count.ShouldBe(100);
        met.Distinct(StringComparer.Ordinal).Count().ShouldBe(100);
        logged.Store.Count.ShouldBe(90);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(10, true)]
    public void What_was_used_lately_is_not_read_again_where_a_store_may_keep_it(int cached, bool isKept)
    {
        using var logged = new LoggedStore(onDisk: true, new MemoryFolder(), cached: cached);
        logged.Store.Put("key", "value");
        logged.Commit(1);

        ReferenceEquals(logged.Store.Get("key"), logged.Store.Get("key")).ShouldBe(isKept);
    }

    [Fact]
    public void A_store_on_disk_that_is_closed_says_so_instead_of_finding_nothing()
    {
        using var logged = new LoggedStore(onDisk: true, new MemoryFolder());
        logged.Store.Put("key", "value");
        logged.Commit(1);
        logged.Store.Close();

        Should.Throw<ObjectDisposedException>(() => logged.Store.TryGet("key", out _));
        Should.Throw<ObjectDisposedException>(() => logged.Store.Put("other", "value"));
    }

    private static void MarksStay(Random random, KeyValueStore<string, string> store, Action<long> commit)
    {
        store.KeepMarks();
        var oracle = new Dictionary<string, string>(StringComparer.Ordinal);
        var changed = new List<string>();
        for (int step = 0; step < 2000; step++)
        {
            if (Change(random, store, oracle) is { } key && !changed.Contains(key))
            {
                ref int mark = ref store.MarkOf(key);
                mark.ShouldBeOneOf(0, StateStore.SpentMark);
                changed.Add(key);
                mark = changed.Count;
            }

            if (random.Next(30) == 0)
            {
                commit(step);
                changed.Clear();
            }
            else if (random.Next(5) == 0 && changed.Count > 0 && oracle.Remove(changed[^1]))
            {
                // Whoever spends a mark asks for it no more, and the key may be forgotten at once.
                store.MarkOf(changed[^1]) = StateStore.SpentMark;
                store.Delete(changed[^1]).ShouldBeTrue();
                changed[^1] = "";
            }

            for (int number = 0; number < 120; number++)
            {
                ref int mark = ref store.MarkOf($"key {number}");
                (Unsafe.IsNullRef(ref mark) ? 0 : Math.Max(0, mark)).ShouldBe(changed.IndexOf($"key {number}") + 1);
            }
        }
    }

    /// <returns>The key that was put, also as it was, or deleted; null when nothing was.</returns>
    private static string? Change(Random random, KeyValueStore<string, string> store, Dictionary<string, string> oracle)
    {
        string key = $"key {random.Next(120)}";
        string value = new('x', random.Next(20));
        switch (random.Next(5))
        {
            case 0:
                bool isDeleted = oracle.Remove(key);
                store.Delete(key).ShouldBe(isDeleted);
                return isDeleted ? key : null;
            case 1:
                bool isAdded = oracle.TryAdd(key, value);
                store.TryAdd(key, value).ShouldBe(isAdded);
                return isAdded ? key : null;
            case 2:
                store.Get(key).ShouldBe(oracle.GetValueOrDefault(key));
                return null;
            default:
                store.Put(key, value);
                oracle[key] = value;
                return key;
        }
    }
}
