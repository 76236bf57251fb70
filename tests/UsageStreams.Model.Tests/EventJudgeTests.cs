namespace UsageStreams.Model.Tests;

public sealed class EventJudgeTests
{
    private readonly ProofWorld _world = new();

    [Fact]
    public void A_metered_event_tells_metrics_values_and_windows()
    {
        var verdict = Judge(_world.Publish(ProofWorld.EventOf("t1", "1") with { User = "ann", Quantity = 2.5m }));

        (verdict.Outcome, verdict.Reason, verdict.Account, verdict.Contract).ShouldBe((EventOutcome.Ledger, "metered", "a", "C-a"));
        verdict.Metrics.Select(static use => (use.Window.Metric, use.Counted.Value, use.Counted.Member)).ShouldBe([("calls", 1m, null), ("peak", 2.5m, null), ("users", 0m, "ann")]);
        verdict.Metrics.ShouldAllBe(static use => use.Window.Start == ProofWorld.Start.ToUnixTimeMilliseconds() && use.Window.Account == "a");
    }

    [Fact]
    public void A_repetition_names_the_first_and_one_with_other_content_is_in_conflict()
    {
        var first = _world.Publish(ProofWorld.EventOf("t1", "1"));
        var same = Judge(_world.Publish(first.Usage!));
        var other = Judge(_world.Publish(first.Usage! with { Quantity = 2 }));
        var otherTime = Judge(_world.Publish(first.Usage! with { Time = first.Usage!.Time.AddMinutes(1) }));

        (same.Outcome, same.Reason, same.Other).ShouldBe((EventOutcome.Duplicate, "same", first));
        (other.Outcome, other.Reason, other.Other).ShouldBe((EventOutcome.Rejected, "id-conflict", first));
        otherTime.Reason.ShouldBe("id-conflict");
    }

    [Fact]
    public void A_repetition_after_the_dedup_window_is_none()
    {
        var first = _world.Publish(ProofWorld.EventOf("t1", "1"));

        Judge(_world.Publish(first.Usage!, after: TimeSpan.FromDays(45).Add(TimeSpan.FromSeconds(1)))).Outcome.ShouldBe(EventOutcome.Duplicate);
        Judge(_world.Publish(first.Usage!, after: TimeSpan.FromDays(45).Add(TimeSpan.FromMilliseconds(1001)))).Reason.ShouldBe("too-late");
    }

    [Theory]
    [InlineData("missing-id")]
    [InlineData("negative-quantity")]
    [InlineData("key-mismatch")]
    [InlineData("future-event")]
    [InlineData("undecodable")]
    public void What_can_never_be_counted_is_rejected_by_its_rule(string reason)
    {
        var good = ProofWorld.EventOf("t1", "1");
        var record = reason switch
        {
            "missing-id" => _world.Publish(good with { Id = "" }),
            "negative-quantity" => _world.Publish(good with { Quantity = -1 }),
            "key-mismatch" => _world.Publish(good, key: "t2"),
            "future-event" => _world.Publish(good, after: TimeSpan.FromHours(-2)),
            _ => new EventRecord("usage.events", 0, 0, 0, "t1", null) { Undecodable = "no Avro" },
        };

        var verdict = Judge(record);

        (verdict.Outcome, verdict.Reason).ShouldBe((EventOutcome.Rejected, reason));
    }

    [Fact]
    public void What_is_missing_in_the_reference_data_parks_it()
    {
        Judge(_world.Publish(ProofWorld.EventOf("nobody", "1"))).Reason.ShouldBe("unknown-tenant");
        Judge(_world.Publish(ProofWorld.EventOf("t1", "2") with { Time = ProofWorld.Start.AddDays(301) })).Reason.ShouldBe("no-contract");
        var type = Judge(_world.Publish(ProofWorld.EventOf("t1", "3") with { Type = "unheard of" }));
        (type.Outcome, type.Reason).ShouldBe((EventOutcome.Parked, "unknown-event-type"));
        var references = _world.References;
        references.Add(new Product { Id = "q", Name = "q", Skus = [] });
        new EventJudge(references, TimeSpan.FromDays(45)).Judge(_world.Publish(ProofWorld.EventOf("t1", "4")), _world.Records).Reason.ShouldBe("unknown-product");
    }

    [Fact]
    public void In_a_region_an_event_of_a_tenant_at_home_elsewhere_waits()
    {
        var judge = new EventJudge(_world.References, TimeSpan.FromDays(45), static tenant => tenant == "t1");

        var verdict = judge.Judge(_world.Publish(ProofWorld.EventOf("t1", "1")), _world.Records);
        (verdict.Outcome, verdict.Reason).ShouldBe((EventOutcome.Parked, "other-region"));
        verdict.Text.ShouldContain("rules of the regions");
        judge.Judge(_world.Publish(ProofWorld.EventOf("t2", "1")), _world.Records).Reason.ShouldNotBe("other-region");
    }

    [Fact]
    public void What_comes_later_than_every_metric_allows_tells_by_how_much()
    {
        var verdict = Judge(_world.Publish(ProofWorld.EventOf("t1", "1") with { Type = "fresh" }, after: TimeSpan.FromMinutes(75)));

        (verdict.Outcome, verdict.Reason).ShouldBe((EventOutcome.LateRejected, "too-late"));
        var late = verdict.TooLate.ShouldHaveSingleItem();
        (late.Metric, late.Version, late.Late).ShouldBe(("fresh", 1, TimeSpan.FromMinutes(15)));
    }

    [Fact]
    public void A_withdrawn_event_names_what_took_it_back_and_that_what_it_took_back()
    {
        var first = _world.Publish(ProofWorld.EventOf("t1", "1"));
        var retraction = _world.Publish(ProofWorld.EventOf("t1", "2") with { Retracts = "1" });
        var amended = _world.Publish(ProofWorld.EventOf("t1", "3"));
        var amendment = _world.Publish(ProofWorld.EventOf("t1", "4") with { Amends = "3", Quantity = 5 });

        (Judge(first).Reason, Judge(first).Other).ShouldBe(("withdrawn", retraction));
        (Judge(retraction).Outcome, Judge(retraction).Reason, Judge(retraction).Other).ShouldBe((EventOutcome.Ledger, "correction", first));
        (Judge(amended).Reason, Judge(amendment).Reason).ShouldBe(("withdrawn", "metered"));
    }

    private EventVerdict Judge(EventRecord record) => new EventJudge(_world.References, TimeSpan.FromDays(45)).Judge(record, _world.Records);
}
