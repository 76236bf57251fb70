using UsageStreams.Model;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

/// <summary>
/// Entries against an oracle that counts all events anew: whatever comes, late, after the lock, as a recount, or taken out again, in any order and over crashes, final,
/// late, reversal and correction entries sum to what is booked, adjustments to what is actual less that.
/// </summary>
public sealed class SettleOracleTests
{
    private const int Hour = 3_600_000;
    private static readonly (string Tenant, int Partition)[] Contributors = [("t0", 0), ("t0", 1), ("t1", 0), ("t2", 0)];

    public static TheoryData<Aggregation, int> Runs { get; } = [.. Enum.GetValues<Aggregation>().SelectMany(aggregation => Enumerable.Range(1, 40).Select(seed => (aggregation, seed)))];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Entries_sum_to_what_is_booked_and_adjustments_to_the_rest(Aggregation aggregation, int seed)
    {
        var random = new Random(seed);
        var start = References.Start.ToUnixTimeMilliseconds();
        var oracle = new NaiveWindow(aggregation, start, Hour);
        var entries = new List<LedgerEntry>();
        using var run = new SettleRun(commitAfterEachRecord: random.Next(2) == 0);
        var closesAfter = random.Next(14);
        var lockedAfter = random.Next(20);
        var next = 0;

        for (var step = 0; step < 24; step++)
        {
            if (step == closesAfter) run.Pass(References.Start.AddMinutes(70));
            DateTimeOffset? bookedIn = step < lockedAfter ? null : new DateTimeOffset(2026, step % 2 == 0 ? 6 : 7, 1, 0, 0, 0, TimeSpan.Zero);
            var (tenant, partition) = Contributors[random.Next(Contributors.Length)];
            var contributor = $"{tenant}/{partition}";
            var samples = Enumerable.Range(0, random.Next(5)).Select(_ => Any(random, start, next++)).ToList();
            if (Contribution.CanTakeOut(aggregation) && random.Next(4) == 0)
            {
                List<Sample> there = [.. oracle.ActualOf(contributor), .. samples];
                var taken = there.Where(_ => random.Next(4) == 0).ToList();
                run.TakeOut(aggregation, tenant, taken, new Cause { Kind = CauseKind.Retraction, Reference = "r", Actor = "t", Reason = "taken back" }, bookedIn, partition, more: samples);
                oracle.More(contributor, samples, bookedIn is not null);
                if (taken.Count > 0) oracle.Instead(contributor, [.. there.Except(taken)], bookedIn is not null);
            }
            else if (random.Next(4) > 0)
            {
                if (samples.Count == 0) continue;
                run.More(aggregation, tenant, samples, bookedIn, partition: partition);
                oracle.More(contributor, samples, bookedIn is not null);
            }
            else
            {
                // A recount finds some of the events that were there, and others.
                List<Sample> found = [.. oracle.ActualOf(contributor).Where(_ => random.Next(3) > 0), .. samples];
                run.Instead(aggregation, tenant, found, new Cause { Kind = (CauseKind)random.Next(6), Reference = "x@2", Actor = "ann", Reason = "moved" }, bookedIn, partition: partition);
                oracle.Instead(contributor, found, bookedIn is not null);
            }

            if (random.Next(8) == 0) run.Crash();
            entries.AddRange(run.Read());
            if (step >= closesAfter) Compare(entries, oracle, run, $"step {step}");
        }

        entries.Select(entry => entry.Revision).ShouldBe(Enumerable.Range(1, entries.Count));
        entries.Select(entry => entry.Id).ShouldBeUnique();
        entries.Count(entry => entry.Kind == EntryKind.Final).ShouldBeLessThanOrEqualTo(1);
    }

    private static void Compare(List<LedgerEntry> entries, NaiveWindow oracle, SettleRun run, string step)
    {
        var booked = entries.Where(entry => entry.Kind != EntryKind.Adjustment).ToList();
        var adjusted = entries.Where(entry => entry.Kind == EntryKind.Adjustment).ToList();
        booked.Sum(entry => entry.Quantity).ShouldBe(oracle.Booked, step);
        adjusted.Sum(entry => entry.Quantity).ShouldBe(oracle.Actual - oracle.Booked, step);
        booked.Sum(entry => entry.Count).ShouldBe(oracle.BookedEvents.Count(), step);
        entries.Sum(entry => entry.Count).ShouldBe(oracle.ActualEvents.Count(), step);
        entries.SelectMany(entry => entry.Sources).Sum(source => source.Count).ShouldBe(oracle.ActualEvents.Count(), step);
        DigestOf(booked).ShouldBe(DigestOf(oracle.BookedEvents), step);
        DigestOf(entries).ShouldBe(DigestOf(oracle.ActualEvents), step);
        adjusted.ShouldAllBe(entry => entry.BookedIn != null);
        booked.ShouldAllBe(entry => entry.BookedIn == null);
        if (entries.Count > 0) entries[^1].Total.ShouldBe(oracle.Actual, step);
        run.Running.Sum(total => total.Quantity).ShouldBe(oracle.Actual, step);
        run.Running.Sum(total => total.Count).ShouldBe(oracle.ActualEvents.Count(), step);
    }

    private static EventDigest DigestOf(IEnumerable<LedgerEntry> entries) =>
        entries.Aggregate(EventDigest.None, (sum, entry) => sum + EventDigest.FromBytes(entry.Digest));

    private static EventDigest DigestOf(IEnumerable<Sample> samples) => samples.Aggregate(EventDigest.None, (sum, sample) => sum + sample.Identity);

    private static Sample Any(Random random, long start, int id) => new(
        Math.Round(random.Next(-1000, 1000) / 7m, 9),
        $"{random.Next(3)}-{random.Next(4)}",
        start + random.Next(Hour),
        EventDigest.Of("t", "s", $"{id}"));
}
