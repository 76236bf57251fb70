using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

/// <summary>A tenant whose events stand in another partition than murmur2 of its key gives is counted, and told.</summary>
public sealed class MisplacedTests
{
    private const int Partitions = 4;
    private static readonly DateTimeOffset Now = References.Start;
    private static readonly int Home = Partitioners.Murmur2("t0", Partitions);

    [Fact]
    public void A_tenant_in_another_partition_than_its_key_s_is_counted_and_told()
    {
        using var run = new MeterRun(partitions: Partitions).Known();
        run.PipeInto(Other(1), References.Event("t0", "1", Now, quantity: 7));

        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 1 });
        run.Counted[("t0", "a0", "bytes@1", "1710")].ShouldBe(7);
        var told = run.Exceptions.ShouldHaveSingleItem();
        told.ShouldSatisfyAllConditions(
            () => (told.Tenant, told.Kind, told.Reason, told.Partition, told.Count).ShouldBe(("t0", ExceptionKind.Misplaced, "other-partition", Other(1), 1L)),
            () => (told.Owner, told.Due).ShouldBe(("integrations", Now.AddDays(5))),
            () => told.Text.ShouldContain($"in partition {Other(1)} of usage.events; murmur2 of its key gives {Home} of {Partitions}"),
            () => told.Text.ShouldContain("murmur2_random"));
    }

    [Fact]
    public void It_is_told_once_for_each_partition_however_many_events_and_crashes_there_are()
    {
        using var run = new MeterRun(partitions: Partitions).Known();
        for (var round = 0; round < 3; round++)
        {
            run.PipeInto(Home, References.Event("t0", $"home-{round}", Now));
            run.PipeInto(Other(1), References.Event("t0", $"first-{round}", Now));
            run.PipeInto(Other(2), References.Event("t0", $"second-{round}", Now));
            run.Crash();
        }

        run.Exceptions.Select(static told => (told.Partition, told.Kind, told.Total)).Order()
            .ShouldBe(new[] { (Other(1), ExceptionKind.Misplaced, 1L), (Other(2), ExceptionKind.Misplaced, 1L) }.Order());
    }

    [Fact]
    public void When_it_goes_on_after_a_person_has_settled_it_it_is_told_once_more()
    {
        using var run = new MeterRun(partitions: Partitions).Known();
        run.PipeInto(Other(1), References.Event("t0", "1", Now));
        var settled = new ExceptionView(run.Exceptions.ShouldHaveSingleItem(), []).Decide(ExceptionAction.Resolve, "ann", Now.AddMinutes(1), "the producer was told");
        run.Publish(settled);
        run.PipeInto(Other(1), References.Event("t0", "2", Now));
        run.Exceptions.ShouldHaveSingleItem().Total.ShouldBe(1, "it had arrived before that");

        run.Wait(TimeSpan.FromMinutes(2));
        run.Crash();
        run.PipeInto(Home, References.Event("t0", "3", Now));
        run.PipeInto(Other(1), References.Event("t0", "4", Now));
        run.PipeInto(Other(1), References.Event("t0", "5", Now));

        var told = run.Exceptions.ShouldHaveSingleItem();
        told.Total.ShouldBe(2);
        new ExceptionView(told, [settled]).State.ShouldBe(ExceptionState.Reopened);
    }

    [Fact]
    public void Tenants_where_their_keys_belong_are_not_told_of()
    {
        using var run = new MeterRun(partitions: Partitions).Known();
        run.Publish([.. Enumerable.Range(1, 20).Select(static number => References.Tenant($"t{number}", "a0"))]);
        run.Pipe([.. Enumerable.Range(0, 21).Select(static number => References.Event($"t{number}", "1", Now))]);

        run.Reasons["ledger/metered"].ShouldBe(21);
        run.Exceptions.ShouldBeEmpty();
    }

    [Fact]
    public void A_repetition_in_another_partition_is_not_found_but_the_tenant_is_told_of()
    {
        using var run = new MeterRun(partitions: Partitions).Known();
        run.PipeInto(Home, References.Event("t0", "1", Now));
        run.PipeInto(Home, References.Event("t0", "1", Now));
        run.PipeInto(Other(1), References.Event("t0", "1", Now));

        run.Reasons.ShouldBe(new Dictionary<string, long> { ["ledger/metered"] = 2, ["duplicate/same"] = 1 }, ignoreOrder: true);
        run.Exceptions.ShouldHaveSingleItem().Text.ShouldContain("found within a partition only");
    }

    private static int Other(int further) => (Home + further) % Partitions;
}
