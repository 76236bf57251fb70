using System.Buffers;
using UsageStreams.Avro;

namespace UsageStreams.Model.Tests;

/// <summary>Timelines against a lookup that goes from tenant to contract instant by instant, over worlds by seed.</summary>
public sealed class TenantTimelineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_instant_resolves_as_looked_up_one_by_one(int seed)
    {
        for (var round = 0; round < 500; round++)
        {
            var world = TimelineWorld.Random(new Random((seed * 1000) + round));
            var timeline = world.Timeline();
            foreach (var time in TimelineWorld.Instants)
            {
                var (gap, account, contract) = world.LookUp(time);
                var span = timeline.At(time);
                (span.Gap, span.Account, span.Contract).ShouldBe((gap, account, contract), $"seed {seed}, round {round}, at {time}");
                (span.From <= time && time < span.To).ShouldBeTrue();
            }
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Spans_follow_each_other_from_the_beginning_to_the_end_of_time(int seed)
    {
        for (var round = 0; round < 500; round++)
        {
            var spans = TimelineWorld.Random(new Random((seed * 1000) + round)).Timeline().Spans;
            spans[0].From.ShouldBe(long.MinValue);
            spans[^1].To.ShouldBe(long.MaxValue);
            spans.ShouldAllBe(static span => span.From < span.To);
            for (var index = 1; index < spans.Count; index++) spans[index].From.ShouldBe(spans[index - 1].To);
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Differences_cover_exactly_the_instants_that_resolve_otherwise(int seed)
    {
        for (var round = 0; round < 500; round++)
        {
            var random = new Random((seed * 1000) + round);
            var (before, after) = (TimelineWorld.Random(random).Timeline(), TimelineWorld.Random(random).Timeline());
            var differences = before.Differences(after);
            foreach (var time in TimelineWorld.Instants)
            {
                var differs = !before.At(time).ResolvesAs(after.At(time));
                differences.Count(piece => piece.From <= time && time < piece.To).ShouldBe(differs ? 1 : 0, $"seed {seed}, round {round}, at {time}");
            }

            before.SameAs(after).ShouldBe(differences.Count == 0);
            before.SameAs(before).ShouldBeTrue();
            differences.ShouldAllBe(piece => piece.Before.ResolvesAs(before.At(piece.From)) && piece.After.ResolvesAs(after.At(piece.From)));
        }
    }

    [Fact]
    public void A_new_version_that_says_the_same_makes_no_difference()
    {
        var world = TimelineWorld.Random(new Random(5));
        var later = world with { Tenant = world.Tenant! with { Version = 9 } };

        later.Timeline().TenantVersion.ShouldBe(9);
        world.Timeline().SameAs(later.Timeline()).ShouldBeTrue();
    }

    [Fact]
    public void Usage_goes_along_with_an_account_that_is_taken_over_twice()
    {
        var timeline = TimelineWorld.TakenOverTwice.Timeline();

        timeline.Spans.Select(static span => (span.From, span.Account, span.Contract, string.Join(' ', span.Merged))).ShouldBe(
        [
            (long.MinValue, null, null, ""),
            (10, "a", "C-a", ""),
            (40, "b", "C-b", "a@2"),
            (70, "c", "C-c", "a@2 b@5"),
        ]);
        timeline.Spans[^1].AccountVersion.ShouldBe(3);
        timeline.Spans[^1].ContractVersion.ShouldBe(4);
    }

    [Fact]
    public void Accounts_that_take_each_other_over_are_told_as_a_cycle_and_hold_nothing_up() =>
        TimelineWorld.Cycle.Timeline().At(50).Gap.ShouldBe(TimelineGap.MergeCycle);

    [Fact]
    public void An_unknown_tenant_has_no_account_at_any_time()
    {
        var span = TenantTimeline.Of("t", null, static _ => null, static _ => null).Spans.ShouldHaveSingleItem();

        (span.From, span.To, span.Gap, span.IsResolved).ShouldBe((long.MinValue, long.MaxValue, TimelineGap.NoTenant, false));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(40)]
    [InlineData(41)]
    [InlineData(1_000)]
    public void From_where_its_home_is_elsewhere_nothing_belongs_here_and_before_all_stays(long from)
    {
        var timeline = TimelineWorld.TakenOverTwice.Timeline();
        var away = timeline.AwayFrom(from);

        away.Spans[0].From.ShouldBe(long.MinValue);
        away.Spans[^1].To.ShouldBe(long.MaxValue);
        away.Spans.Zip(away.Spans.Skip(1)).ShouldAllBe(static pair => pair.First.To == pair.Second.From && pair.First.From < pair.First.To);
        for (long time = 0; time < 1_100; time++)
        {
            if (time < from) away.At(time).ResolvesAs(timeline.At(time)).ShouldBeTrue();
            else away.At(time).Gap.ShouldBe(TimelineGap.OtherRegion);
        }
    }

    [Fact]
    public void It_survives_its_Avro_record()
    {
        var timeline = TimelineWorld.TakenOverTwice.Timeline();
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new AvroWriter(bytes);
        TenantTimeline.Write(timeline, ref writer);
        writer.Flush();

        var reader = new AvroReader(bytes.WrittenSpan);
        var read = TenantTimeline.Read(ref reader);

        read.SameAs(timeline).ShouldBeTrue();
        read.Spans.Count.ShouldBe(timeline.Spans.Count);
    }
}
