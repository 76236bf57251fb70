using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

public sealed class MeteringTests
{
    [Fact]
    public void A_window_closes_once_its_end_and_grace_have_passed()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("t0", "1", References.Start.AddMinutes(5), 7));

        run.Pipe(References.Event("t1", "2", References.Start.AddMinutes(69).AddSeconds(59)));
        run.Ledger.ReadAll().ShouldBeEmpty();

        run.Pipe(References.Event("t1", "3", References.Start.AddMinutes(70)));
        var entry = run.Ledger.ReadAll().Select(record => record.Value!).Single(one => one is { Account: "a0", Metric: "bytes.out" });
        entry.ShouldSatisfyAllConditions(
            () => entry.Id.ShouldBe("a0/C-a0/bytes.out@1/20260517T1000/1"),
            () => entry.Kind.ShouldBe(EntryKind.Final),
            () => entry.Quantity.ShouldBe(7),
            () => entry.Count.ShouldBe(1),
            () => entry.WindowEnd.ShouldBe(References.Start.AddHours(1)),
            () => entry.Sources.ShouldHaveSingleItem().ShouldBe(new SourceRange { Topic = "usage.events", Partition = 0, FirstOffset = 0, LastOffset = 0, Count = 1 }),
            () => EventDigest.FromBytes(entry.Digest).ShouldBe(EventDigest.Of("t0", "web", "1")));
    }

    [Fact]
    public void What_comes_after_the_final_entry_is_written_at_once_as_late()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("t0", "1", References.Start, 7, user: "ann"));
        run.Complete(References.Start.AddHours(2));
        run.Ledger.ReadAll();

        run.Pipe(References.Event("t4", "2", References.Start.AddMinutes(1), 5, user: "ann"));

        var late = run.Ledger.ReadAll().Select(record => record.Value!).ToDictionary(entry => entry.Metric);
        late["bytes.out"].ShouldSatisfyAllConditions(
            entry => entry.Kind.ShouldBe(EntryKind.Late),
            entry => entry.Revision.ShouldBe(2),
            entry => entry.Quantity.ShouldBe(5),
            entry => entry.Total.ShouldBe(12),
            entry => EventDigest.FromBytes(entry.Digest).ShouldBe(EventDigest.Of("t4", "web", "2")));
        late["active.users"].Quantity.ShouldBe(0, "ann was there before, by another tenant of the account");
    }

    [Fact]
    public void An_event_exactly_at_the_hour_belongs_to_the_window_that_starts()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("t0", "1", References.Start.AddHours(1)));
        run.Complete(References.Start.AddHours(3));

        run.Ledger.ReadAll().ShouldAllBe(record => record.Value!.WindowStart == References.Start.AddHours(1));
    }

    [Fact]
    public void A_repetition_counts_once()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("t0", "1", References.Start, 7));
        run.Pipe(References.Event("t0", "1", References.Start, 7));
        run.Complete(References.Start.AddHours(3));

        run.Ledger.ReadAll().Single(record => record.Value!.Metric == "bytes.out").Value!.Quantity.ShouldBe(7);
        run.Outcomes.Duplicate.ShouldBe(1);
    }

    [Fact]
    public void The_same_id_with_another_time_and_content_is_rejected_and_the_first_stays()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("t0", "1", References.Start, 7));
        run.Pipe(References.Event("t0", "1", References.Start.AddMinutes(30), 8));
        run.Complete(References.Start.AddHours(3));

        run.Ledger.ReadAll().Single(record => record.Value!.Metric == "bytes.out").Value!.Quantity.ShouldBe(7);
        run.Outcomes.Rejected.ShouldBe(1);
        run.Rejected.ShouldHaveSingleItem().Reason.ShouldBe("id-conflict");
    }

    [Fact]
    public void The_same_id_of_another_tenant_or_source_is_another_event()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("t0", "1", References.Start));
        run.Pipe(References.Event("t4", "1", References.Start));
        run.Pipe(References.Event("t0", "1", References.Start) with { Source = "batch" });

        run.Outcomes.Counted.ShouldBe(3);
    }

    [Fact]
    public void Users_of_all_tenants_of_an_account_are_counted_once_per_hour()
    {
        using var run = new MeteringRun(partitions: 4);
        run.Pipe(References.Event("t0", "1", References.Start, user: "ann"));
        run.Pipe(References.Event("t4", "2", References.Start, user: "ann"));
        run.Pipe(References.Event("t8", "3", References.Start, user: "bob"));
        run.Complete(References.Start.AddHours(3));

        run.Ledger.ReadAll().Single(record => record.Value!.Metric == "active.users").Value!.Quantity.ShouldBe(2);
    }

    [Fact]
    public void An_unknown_tenant_is_parked_with_where_its_events_stand()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("x1", "1", References.Start.AddMinutes(1)));
        run.Pipe(References.Event("x1", "2", References.Start));

        run.Parked.ShouldHaveSingleItem().Waiting.ShouldHaveSingleItem().ShouldBe(new ParkedReason
        {
            Reason = "unknown-tenant",
            Partition = 0,
            Count = 2,
            Oldest = References.Start,
            FirstOffset = 0,
            LastOffset = 1,
        });
        run.Outcomes.Parked.ShouldBe(2);
    }

    [Fact]
    public void An_event_type_that_no_metric_looks_at_is_parked()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("t0", "1", References.Start) with { Type = "disk.write" });

        run.Parked.ShouldHaveSingleItem().Waiting.ShouldHaveSingleItem().Reason.ShouldBe("unknown-event-type");
    }

    [Fact]
    public void Bytes_that_are_no_event_are_rejected_as_they_are()
    {
        using var run = new MeteringRun();
        run.PipeRaw([(byte)'k'], [0, 0, 0]);
        run.PipeRaw(null, [9]);

        run.Rejected.Select(rejected => rejected.Reason).ShouldBe(["undecodable", "missing-key"]);
        run.Rejected[0].Value.ShouldBe([0, 0, 0]);
        run.Outcomes.Rejected.ShouldBe(2);
    }

    [Theory]
    [InlineData("missing-tenant")]
    [InlineData("missing-id")]
    [InlineData("missing-source")]
    [InlineData("missing-type")]
    [InlineData("negative-quantity")]
    [InlineData("future-event")]
    [InlineData("key-mismatch")]
    public void An_event_that_breaks_a_rule_is_rejected_with_its_reason(string reason)
    {
        var usage = References.Event("t0", "1", References.Start);
        var broken = reason switch
        {
            "missing-tenant" => usage with { Tenant = "" },
            "missing-id" => usage with { Id = "" },
            "missing-source" => usage with { Source = "" },
            "missing-type" => usage with { Type = "" },
            "negative-quantity" => usage with { Quantity = -1 },
            "future-event" => usage with { Time = References.Start.AddDays(3) },
            _ => usage,
        };
        using var run = new MeteringRun();

        run.Pipe(reason == "key-mismatch" ? "t1" : broken.Tenant, broken);

        var rejected = run.Rejected.ShouldHaveSingleItem();
        rejected.Reason.ShouldBe(reason);
        rejected.Value.ShouldNotBeNull().Length.ShouldBeGreaterThan(5);
    }

    [Fact]
    public void A_future_event_does_not_close_windows()
    {
        using var run = new MeteringRun();
        run.Pipe(References.Event("t0", "1", References.Start));
        run.Pipe(References.Event("t0", "2", References.Start.AddYears(5)));

        run.Ledger.ReadAll().ShouldBeEmpty();
    }

    [Fact]
    public void The_slowest_partition_decides_when_windows_close()
    {
        using var run = new MeteringRun(partitions: 2);
        var (slow, fast) = ("t0", Enumerable.Range(0, MeteringRun.Tenants).Select(i => $"t{i}").First(t => Partitioners.Murmur2(t, 2) != Partitioners.Murmur2("t0", 2)));
        run.Pipe(References.Event(slow, "1", References.Start));
        run.Pipe(References.Event(fast, "2", References.Start.AddHours(20)));
        run.Ledger.ReadAll().ShouldBeEmpty();

        run.Pipe(References.Event(slow, "3", References.Start.AddMinutes(10)));
        run.Complete(References.Start.AddHours(30));

        run.Ledger.ReadAll().ShouldAllBe(record => record.Value!.Kind == EntryKind.Final);
    }

    [Fact]
    public void The_ledger_carries_the_trace_of_the_window_s_first_event()
    {
        using var run = new MeteringRun();
        var headers = RecordHeaders.Empty.With("correlation-id", "order-7").With("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        run.Pipe(References.Event("t0", "1", References.Start), headers);
        run.Pipe(References.Event("t0", "2", References.Start));
        run.Complete(References.Start.AddHours(3));

        run.Ledger.ReadAll().ShouldAllBe(record => record.Headers.GetText("correlation-id") == "order-7" && record.Value!.Trace.Traceparent!.StartsWith("00-0af7", StringComparison.Ordinal));
    }
}
