using System.Buffers;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

public sealed class PartialTests
{
    private static readonly Cause Remapped = new() { Kind = CauseKind.Mapping, Reference = "t0@2", Actor = "ann", Reason = "moved" };

    [Fact]
    public void A_more_adds_to_what_stands_before_it()
    {
        var partial = More(1, 2).Combine(More(3));

        partial.IsInstead.ShouldBeFalse();
        partial.Contribution.Value.Value.ShouldBe(6);
        partial.Contribution.Lineage.Count.ShouldBe(3);
    }

    [Fact]
    public void An_instead_overrides_what_stands_before_it_and_what_comes_after_adds()
    {
        var partial = More(1).Combine(Instead(5)).Combine(More(2));

        partial.IsInstead.ShouldBeTrue();
        partial.Cause.ShouldBe(Remapped);
        partial.Contribution.Value.Value.ShouldBe(7);
    }

    [Fact]
    public void What_is_taken_out_goes_along_until_an_instead_overrides_it()
    {
        var (first, second) = (More(1), More());
        TakeOut(first, 3);
        TakeOut(second, 4);

        first.Combine(second).TakenOut!.ShouldSatisfyAllConditions(taken => taken.Contribution.Value.Value.ShouldBe(7), taken => taken.Cause.ShouldBe(Remapped));
        More(1).Combine(second).TakenOut.ShouldBe(second.TakenOut);
        first.Combine(Instead(5)).TakenOut.ShouldBeNull();
        Instead(5).Combine(second).ShouldSatisfyAllConditions(both => both.IsInstead.ShouldBeTrue(), both => both.TakenOut.ShouldBe(second.TakenOut));
    }

    [Fact]
    public void What_is_taken_out_is_sent_with_its_cause()
    {
        var serde = new UsageSerdes(InMemoryRegistry.Client(), new UsageTopics()).Partials;
        var partial = More(1);
        TakeOut(partial, 3);
        var output = new ArrayBufferWriter<byte>();
        serde.Serialize(partial, output);

        var sent = serde.Deserialize(output.WrittenSpan);

        sent.TakenOut!.Cause.ShouldBe(Remapped);
        (sent.TakenOut.Contribution.Value.Value, sent.TakenOut.Contribution.Lineage.Count).ShouldBe((3, 1));
        sent.Contribution.Value.Value.ShouldBe(1);
        Should.Throw<InvalidOperationException>(() => TakeOut(partial, 1));
    }

    [Fact]
    public void It_takes_events_until_it_is_sent()
    {
        var serde = new UsageSerdes(InMemoryRegistry.Client(), new UsageTopics()).Partials;
        var partial = Instead(5);
        Add(partial, 4);
        var output = new ArrayBufferWriter<byte>();
        serde.Serialize(partial, output);

        var sent = serde.Deserialize(output.WrittenSpan);

        sent.ShouldSatisfyAllConditions(
            () => sent.IsInstead.ShouldBeTrue(),
            () => sent.Cause.ShouldBe(Remapped),
            () => sent.Contribution.Value.Value.ShouldBe(9),
            () => sent.Contribution.Lineage.Mappings.ShouldBe(["t0@2"]),
            () => sent.Contribution.Lineage.ContractVersion.ShouldBe(4));
        partial.IsSent.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => Add(partial, 1));
    }

    [Fact]
    public void Its_name_keeps_the_parts_apart()
    {
        PartialKey[] keys = [Key("a", "b", null), Key("ab", "", null), Key("", "ab", null), Key("a", "b", 0), Key("a", "b", 5), Key("a", "b", 5, partition: 3)];
        foreach (var key in keys)
        {
            var output = new ArrayBufferWriter<byte>();
            PartialKeySerde.Instance.Serialize(key, output);
            PartialKeySerde.Instance.Deserialize(output.WrittenSpan).ShouldBe(key);
        }
    }

    [Fact]
    public void The_earliest_event_s_trace_is_kept_with_the_traceparents()
    {
        var partial = Partial.More(Aggregation.Sum, 1, "t0@1");
        partial.Add(new Sample(1, null, 20, new EventDigest(1)), new EventPosition("events", 0, 0), RecordHeaders.Empty.With("traceparent", "00-b").With("correlation-id", "second"));
        partial.Add(new Sample(1, null, 10, new EventDigest(2)), new EventPosition("events", 0, 1), RecordHeaders.Empty.With("traceparent", "00-a").With("correlation-id", "first"));

        partial.Contribution.Lineage.Trace.ShouldBe(new Trace { CorrelationId = "first", Traceparent = "00-a" });
        partial.Contribution.Lineage.Traces.ShouldBe(["00-a", "00-b"]);
    }

    [Fact]
    public void One_that_was_used_before_is_as_empty_as_a_new_one()
    {
        var used = Instead(5);
        used.Add(new Sample(7, "member", 1, new EventDigest(9)), new EventPosition("events", 3, 4), RecordHeaders.Empty.With("traceparent", "00-a"));
        PartialPool.Return(used);

        var again = Partial.More(Aggregation.Unique, 2, "t1@1");

        again.ShouldBeSameAs(used);
        Bytes(again).ShouldBe(Bytes(NewMore(Aggregation.Unique, 2, "t1@1")));
    }

    [Fact]
    public void One_that_was_given_back_can_be_neither_filled_nor_given_back_again()
    {
        var partial = More(1);
        PartialPool.Return(partial);

        Should.Throw<InvalidOperationException>(() => Add(partial, 1));
        Should.Throw<InvalidOperationException>(() => PartialPool.Return(partial));
        More(2).ShouldBeSameAs(partial);
    }

    private static Partial NewMore(Aggregation aggregation, int contractVersion, string mapping)
    {
        var partial = new Partial(aggregation);
        partial.Contribution.Lineage.ContractVersion = contractVersion;
        partial.Contribution.Lineage.AddMapping(mapping);
        return partial;
    }

    private static byte[] Bytes(Partial partial)
    {
        var output = new ArrayBufferWriter<byte>();
        new UsageSerdes(InMemoryRegistry.Client(), new UsageTopics()).Partials.Serialize(partial, output);
        return output.WrittenSpan.ToArray();
    }

    private static PartialKey Key(string account, string tenant, long? bookedIn, int partition = 0) => new(new WindowKey(account, "C", "m", 1, 0), new Contributor(tenant, partition), bookedIn);

    private static Partial More(params decimal[] values) => With(Partial.More(Aggregation.Sum, 4, "t0@2"), values);

    private static Partial Instead(params decimal[] values) => With(Partial.Instead(Aggregation.Sum, 4, "t0@2", Remapped), values);

    private static Partial With(Partial partial, decimal[] values)
    {
        foreach (var value in values) Add(partial, value);
        return partial;
    }

    private static void TakeOut(Partial partial, decimal value) =>
        partial.TakeOut(new Sample(value, null, 1, new EventDigest(1)), new EventPosition("events", 0, 1), RecordHeaders.Empty, Remapped);

    private static void Add(Partial partial, decimal value) =>
        partial.Add(new Sample(value, null, 1, new EventDigest(1)), new EventPosition("events", 0, 1), RecordHeaders.Empty);
}
