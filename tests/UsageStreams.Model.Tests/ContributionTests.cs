using System.Buffers;
using UsageStreams.Avro;

namespace UsageStreams.Model.Tests;

public sealed class ContributionTests
{
    private const long Hour = 3_600_000;
    private static readonly Aggregation[] All = Enum.GetValues<Aggregation>();

    public static TheoryData<Aggregation> Aggregations { get; } = [.. All];

    [Fact]
    public void Ten_million_times_a_tenth_is_a_million_exactly()
    {
        var contribution = new Contribution(Aggregation.Sum);
        for (var i = 0; i < 10_000_000; i++) contribution.Add(new Sample(0.1m, null, i, new EventDigest((UInt128)i)), At(i));

        Quantity(contribution).ShouldBe(1_000_000m);
        contribution.Lineage.Count.ShouldBe(10_000_000);
        contribution.Lineage.Sources.ShouldHaveSingleItem().ShouldBe(new SourceRange { Topic = "events", Partition = 0, FirstOffset = 0, LastOffset = 9_999_999, Count = 10_000_000 });
    }

    [Theory]
    [InlineData(Aggregation.Sum, 12)]
    [InlineData(Aggregation.Count, 4)]
    [InlineData(Aggregation.Max, 6)]
    [InlineData(Aggregation.Min, -1)]
    [InlineData(Aggregation.Last, 3)]
    [InlineData(Aggregation.Unique, 2)]
    public void A_quantity_is_what_its_aggregation_says(Aggregation aggregation, int expected) => Quantity(
        Of(aggregation, new Sample(4, "ann", 10, Id(1)), new Sample(6, "bob", 20, Id(2))),
        Of(aggregation, new Sample(3, "ann", 40, Id(3)), new Sample(-1, "bob", 30, Id(4)))).ShouldBe(expected);

    [Fact]
    public void Of_two_last_values_at_the_same_time_the_larger_identity_counts() =>
        Quantity(Of(Aggregation.Last, new Sample(1, null, 5, Id(9)), new Sample(2, null, 5, Id(3)))).ShouldBe(1);

    [Fact]
    public void A_gauge_holds_until_its_next_value_or_the_window_s_end_and_is_0_before_its_first()
    {
        var one = Of(Aggregation.TimeWeighted, new Sample(4, null, Hour / 2, Id(1)), new Sample(8, null, Hour * 3 / 4, Id(2)));
        var other = Of(Aggregation.TimeWeighted, new Sample(1, null, 0, Id(3)));

        Quantity(one).ShouldBe(3m);
        Quantity(one, other).ShouldBe(4m, "the averages of the tenants add up");
    }

    [Fact]
    public void A_gauge_s_average_is_rounded_once_to_9_digits_away_from_zero()
    {
        var thirds = Enumerable.Range(0, 3).Select(i => Of(Aggregation.TimeWeighted, new Sample(1, null, Hour * 2 / 3, Id(i)))).ToArray();

        Quantity(thirds[0]).ShouldBe(0.333333333m);
        Quantity(thirds).ShouldBe(1m);
        Quantity(Of(Aggregation.TimeWeighted, new Sample(-0.000000001m, null, Hour / 2, Id(1)))).ShouldBe(-0.000000001m);
    }

    [Fact]
    public void Members_are_told_apart_however_many_come()
    {
        var contribution = Of(Aggregation.Unique, [.. Enumerable.Range(0, 1000).Select(static i => new Sample(0, $"user {i % 300}", i, Id(i)))]);

        Quantity(contribution).ShouldBe(300);
        contribution.Members.ShouldBe(Enumerable.Range(0, 300).Select(static i => $"user {i}"), ignoreOrder: true);
        Quantity(contribution, Of(Aggregation.Unique, new Sample(0, "user 299", 1, Id(2000)), new Sample(0, "user 300", 2, Id(2001)))).ShouldBe(301);
    }

    [Theory]
    [MemberData(nameof(Aggregations))]
    public void The_order_and_the_way_of_merging_play_no_part(Aggregation aggregation)
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var samples = Enumerable.Range(0, 40).Select(i => (Sample: Any(random, i), At: At(i), Trace: TraceOf(random))).ToArray();
            var whole = new Contribution(aggregation);
            foreach (var (sample, at, trace) in samples) whole.Add(sample, at, trace);
            random.Shuffle(samples);
            var parts = Enumerable.Range(0, 5).Select(_ => new Contribution(aggregation)).ToArray();
            foreach (var (sample, at, trace) in samples) parts[random.Next(parts.Length)].Add(sample, at, trace);
            random.Shuffle(parts);
            var merged = new Contribution(aggregation);
            foreach (var part in parts) merged.Merge(Again(part));

            Quantity(merged).ShouldBe(Quantity(whole), $"seed {seed}");
            if (aggregation != Aggregation.TimeWeighted) Quantity(parts).ShouldBe(Quantity(whole), $"seed {seed}: several tenants hold what one would");
            (merged.Lineage.Count, merged.Lineage.First, merged.Lineage.Last, merged.Lineage.Digest).ShouldBe((40, whole.Lineage.First, whole.Lineage.Last, whole.Lineage.Digest));
            merged.Lineage.Traces.ShouldBe(whole.Lineage.Traces);
            merged.Lineage.Sources.ShouldBe(whole.Lineage.Sources);
        }
    }

    [Theory]
    [InlineData(Aggregation.Sum)]
    [InlineData(Aggregation.Count)]
    [InlineData(Aggregation.TimeWeighted)]
    public void Without_some_events_it_is_what_the_others_make(Aggregation aggregation)
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var (whole, taken, rest) = (new Contribution(aggregation), new Contribution(aggregation), new Contribution(aggregation));
            for (var i = 0; i < 30; i++)
            {
                var (sample, at, trace) = (Any(random, i), At(i), System.Text.Encoding.ASCII.GetBytes($"00-{i:000}"));
                whole.Add(sample, at, trace);
                (random.Next(3) == 0 ? taken : rest).Add(sample, at, trace);
            }

            var left = whole.Without(taken);

            Quantity(left).ShouldBe(Quantity(rest), $"seed {seed}");
            (left.Lineage.Count, left.Lineage.Digest).ShouldBe((rest.Lineage.Count, rest.Lineage.Digest));
            left.Lineage.First.ShouldBeLessThanOrEqualTo(rest.Lineage.First);
            left.Lineage.Last.ShouldBeGreaterThanOrEqualTo(rest.Lineage.Last);
            left.Lineage.Sources.Select(source => (source.Partition, source.Count)).ShouldBe(rest.Lineage.Sources.Select(source => (source.Partition, source.Count)));
            left.Lineage.Traces.ShouldBeSubsetOf(rest.Lineage.Traces.Concat(whole.Lineage.Traces.Except(taken.Lineage.Traces)));
            left.Without(rest).ShouldSatisfyAllConditions(none => none.IsEmpty.ShouldBeTrue(), none => none.Value.IsSet.ShouldBeFalse(), none => none.Lineage.Sources.ShouldBeEmpty());
            Quantity(whole.Without(new Contribution(aggregation))).ShouldBe(Quantity(whole));
        }
    }

    [Theory]
    [InlineData(Aggregation.Max)]
    [InlineData(Aggregation.Min)]
    [InlineData(Aggregation.Last)]
    [InlineData(Aggregation.Unique)]
    public void What_depends_on_the_other_events_is_refused(Aggregation aggregation)
    {
        Contribution.CanTakeOut(aggregation).ShouldBeFalse();
        Should.Throw<ModelException>(() => new Contribution(aggregation).Without(new Contribution(aggregation))).Message.ShouldContain("Count them all anew");
    }

    [Theory]
    [MemberData(nameof(Aggregations))]
    public void It_is_written_as_its_schema_says(Aggregation aggregation)
    {
        var random = new Random(7);
        var contribution = new Contribution(aggregation);
        for (var i = 0; i < 20; i++) contribution.Add(Any(random, i), new EventPosition("events", i % 3, i), TraceOf(random));
        contribution.Lineage.AddMapping("t1@2");
        contribution.Lineage.ContractVersion = 3;
        contribution.Lineage.Trace = new Trace { CorrelationId = "c" };
        var bytes = Bytes(contribution);

        var reader = new AvroReader(bytes);
        var state = ContributionState.Read(ref reader);
        reader.Remaining.ShouldBe(0);
        var output = new ArrayBufferWriter<byte>();
        var writer = new AvroWriter(output);
        ContributionState.Write(state, ref writer);
        writer.Flush();

        output.WrittenSpan.SequenceEqual(bytes).ShouldBeTrue();
        Bytes(Again(contribution)).ShouldBe(bytes);
        state.Lineage.Sources.Sum(source => source.Count).ShouldBe(20);
    }

    [Fact]
    public void Traces_are_the_16_smallest_whatever_comes_first()
    {
        var lineage = new Lineage();
        foreach (var i in Enumerable.Range(0, 40).Reverse()) lineage.AddTrace(System.Text.Encoding.ASCII.GetBytes($"00-{i:000}"));
        lineage.AddTrace([0xc3, 0xa4]);

        lineage.Traces.ShouldBe(Enumerable.Range(0, 16).Select(i => $"00-{i:000}"));
    }

    [Theory]
    [InlineData(Aggregation.Sum)]
    [InlineData(Aggregation.Count)]
    [InlineData(Aggregation.Max)]
    [InlineData(Aggregation.Min)]
    [InlineData(Aggregation.Last)]
    [InlineData(Aggregation.Unique)]
    public void Adding_an_event_allocates_nothing(Aggregation aggregation)
    {
        var contribution = new Contribution(aggregation);
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"u8;
        var before = 0L;
        for (var i = 0; i < 2_000; i++)
        {
            if (i == 1_000) before = GC.GetAllocatedBytesForCurrentThread();
            contribution.Add(new Sample(i, "ann", i, new EventDigest((UInt128)i)), At(i), trace);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static Contribution Of(Aggregation aggregation, params Sample[] samples)
    {
        var contribution = new Contribution(aggregation);
        foreach (var sample in samples) contribution.Add(sample, At(0));
        return contribution;
    }

    private static decimal Quantity(params Contribution[] contributions) => Contribution.Quantity(contributions[0].Aggregation, contributions, 0, Hour);

    private static Sample Any(Random random, int i) =>
        new(Math.Round(random.Next(-1000, 1000) / 7m, 9), $"m{random.Next(9)}", random.Next((int)Hour), EventDigest.Of("t", "s", $"{i}"));

    private static byte[] TraceOf(Random random) => random.Next(2) == 0 ? [] : System.Text.Encoding.ASCII.GetBytes($"00-{random.Next(1000)}");

    private static EventDigest Id(int i) => new((UInt128)i);

    private static EventPosition At(long offset) => new("events", 0, offset);

    private static Contribution Again(Contribution contribution)
    {
        var reader = new AvroReader(Bytes(contribution));
        return Contribution.Read(ref reader);
    }

    private static byte[] Bytes(Contribution contribution)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new AvroWriter(output);
        contribution.Write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
