namespace UsageStreams.Model.Tests;

public sealed class EntryProverTests
{
    private readonly ProofWorld _world = new();

    [Fact]
    public void An_entry_is_proved_by_its_events_among_others()
    {
        var mine = _world.Calls("t1", 3).Concat(_world.Calls("t2", 2)).ToList();
        _world.Calls("other", 4);
        var entry = ProofWorld.Entry(mine);

        var proof = _world.Prove(entry).ShouldHaveSingleItem();

        proof.Differences.ShouldBeEmpty();
        (proof.Quantity, proof.Added.Count, proof.Removed.Count).ShouldBe((5m, 5, 0));
        proof.Added.Select(static one => one.Record).ShouldBe(mine);
    }

    [Theory]
    [InlineData("quantity", "The entry's quantity is 9; its events give 3.")]
    [InlineData("count", "The entry counts 4 events; judged again, those in its ranges come to 3.")]
    [InlineData("digest", "The digest of the events' ids is not the entry's")]
    [InlineData("total", "The total says 8, the entries of the window up to here sum to 3.")]
    [InlineData("sources", "the entry counts 2 events; 3 of its own stand there.")]
    [InlineData("first", "The entry's events lie from")]
    public void An_entry_that_was_tampered_with_is_refuted(string what, string expected)
    {
        var entry = ProofWorld.Entry(_world.Calls("t1", 3));
        var wrong = what switch
        {
            "quantity" => entry with { Quantity = 9, Total = 9 },
            "count" => entry with { Count = 4 },
            "digest" => entry with { Digest = EventDigest.Of("t1", "web", "made up").ToBytes() },
            "total" => entry with { Total = 8 },
            "sources" => entry with { Sources = [entry.Sources[0] with { Count = 2 }] },
            _ => entry with { First = entry.First.AddMinutes(1) },
        };

        var proof = _world.Prove(wrong).ShouldHaveSingleItem();

        proof.IsProved.ShouldBeFalse();
        proof.Differences.ShouldContain(difference => difference.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_repetition_in_the_range_does_not_count_nor_does_what_can_never_be_counted()
    {
        var calls = _world.Calls("t1", 2);
        _world.Publish(calls[0].Usage!);
        _world.Publish(calls[1].Usage! with { Id = "negative", Quantity = -1 });
        _world.Publish(calls[1].Usage! with { Id = "wrong key" }, key: "t2");
        var last = _world.Calls("t1", 1);

        _world.Prove(ProofWorld.Entry([.. calls, .. last])).ShouldHaveSingleItem().Differences.ShouldBeEmpty();
    }

    [Fact]
    public void A_late_entry_is_proved_beside_the_events_of_the_final_one()
    {
        var early = _world.Calls("t1", 3, user: "ann");
        var final = ProofWorld.Entry(early, "users");
        _world.Publish(early[0].Usage!);
        var late = _world.Calls("t1", 2, user: "ann").Concat(_world.Calls("t1", 1, user: "bob")).ToList();
        var second = ProofWorld.Entry(late, "users", EntryKind.Late, quantity: 1, total: 2, revision: 2);

        var proofs = _world.Prove(final, second);

        proofs.ShouldAllBe(static proof => proof.IsProved);
        proofs[1].Quantity.ShouldBe(1);
    }

    [Fact]
    public void A_moved_tenant_leaves_a_reversal_where_it_was_and_a_correction_where_it_is()
    {
        var stays = _world.Calls("t1", 2);
        var moves = _world.Calls("t2", 3);
        var final = ProofWorld.Entry([.. stays, .. moves]) with { Mappings = ["t1@1", "t2@1"] };
        _world.Move("t2", "b");
        var cause = new Cause { Kind = CauseKind.Mapping, Reference = "t2@2", Actor = "person:ann", Reason = "sold" };
        var reversal = ProofWorld.Entry(moves, kind: EntryKind.Reversal, quantity: -3, total: 2, revision: 2) with { Mappings = ["t2@1"], Cause = cause };
        var correction = ProofWorld.Entry(moves, kind: EntryKind.Correction, account: "b") with { Mappings = ["t2@2"], Cause = cause };

        var proofs = _world.Prove(final, reversal, correction);

        proofs.SelectMany(static proof => proof.Differences).ShouldBeEmpty();
        proofs.Select(static proof => proof.Quantity).ShouldBe([5, -3, 3]);
    }

    [Fact]
    public void A_version_that_compaction_has_removed_is_told_and_the_digest_shows_whose_the_events_were()
    {
        var calls = _world.Calls("t1", 3);
        var entry = ProofWorld.Entry(calls) with { Mappings = ["t1@1"] };
        _world.Forget("t1");
        _world.Move("t1", "b", version: 7);

        var proof = _world.Prove(entry).ShouldHaveSingleItem();

        proof.Differences.ShouldBeEmpty();
        proof.Notes.ShouldHaveSingleItem().ShouldContain("are not in ref.tenants any more");
    }

    [Fact]
    public void What_was_taken_back_before_it_was_counted_is_left_out_and_told()
    {
        var calls = _world.Calls("t1", 3);
        _world.Publish(calls[1].Usage! with { Id = "retraction", Retracts = calls[1].Usage!.Id });
        var last = _world.Calls("t1", 1);

        var proof = _world.Prove(ProofWorld.Entry([calls[0], calls[2], .. last])).ShouldHaveSingleItem();

        proof.Differences.ShouldBeEmpty();
        proof.Notes.ShouldHaveSingleItem().ShouldContain("had been taken back");
    }

    [Fact]
    public void What_was_taken_back_outside_the_range_is_found_by_the_digest()
    {
        var calls = _world.Calls("t1", 5);

        var proof = _world.Prove(ProofWorld.Entry([calls[0], calls[2], calls[4]])).ShouldHaveSingleItem();

        proof.Differences.ShouldBeEmpty();
        proof.Notes.ShouldHaveSingleItem().ShouldContain(calls[1].Position);
        proof.Notes[0].ShouldContain(calls[3].Position);
    }

    [Fact]
    public void What_retention_has_deleted_can_not_be_proved_and_is_told()
    {
        var calls = _world.Calls("t1", 5);
        var entry = ProofWorld.Entry(calls);
        _world.Delete(2);

        var proof = _world.Prove(entry).ShouldHaveSingleItem();

        proof.IsProved.ShouldBeFalse();
        proof.Differences[^1].ShouldContain("Offsets 0 to 1 of usage.events partition 0 can't be read any more");
    }

    [Fact]
    public void An_adjustment_brings_what_was_booked_to_what_was()
    {
        var final = ProofWorld.Entry(_world.Calls("t1", 2, quantity: 7), "peak", quantity: 7);
        var adjustment = ProofWorld.Entry(_world.Calls("t1", 1, quantity: 9), "peak", EntryKind.Adjustment, quantity: 2, total: 9, revision: 2);

        _world.Prove(final, adjustment).SelectMany(static proof => proof.Differences).ShouldBeEmpty();
    }

    [Fact]
    public void A_metric_that_ended_before_the_window_leaves_what_was_counted_and_its_reversal()
    {
        var calls = _world.Calls("t1", 3);
        _world.End(ProofWorld.Start);
        var cause = new Cause { Kind = CauseKind.Metric, Reference = "calls@1", Actor = "person:ann", Reason = "nobody pays for it" };
        var reversal = ProofWorld.Entry(calls, kind: EntryKind.Reversal, quantity: -3, total: 0, revision: 2) with { Cause = cause };

        var proofs = _world.Prove(ProofWorld.Entry(calls), reversal);

        proofs.SelectMany(static proof => proof.Differences).ShouldBeEmpty();
        proofs.Select(static proof => (proof.Quantity, proof.Added.Count, proof.Removed.Count)).ShouldBe([(3m, 3, 0), (-3m, 0, 3)]);
        proofs[0].Notes.ShouldHaveSingleItem().ShouldStartWith("calls@1 ends at 2026-05-17T10:00:00");
    }

    [Fact]
    public void A_metric_that_ended_within_the_window_keeps_what_came_before()
    {
        var calls = _world.Calls("t1", 12);
        var end = calls[11].Usage!.Time;
        _world.End(end);
        var (before, after) = (calls.Where(call => call.Usage!.Time < end).ToList(), calls.Where(call => call.Usage!.Time >= end).ToList());
        var cause = new Cause { Kind = CauseKind.Metric, Reference = "calls@1", Actor = "person:ann", Reason = "nobody pays for it" };

        var proofs = _world.Prove(
            ProofWorld.Entry(calls),
            ProofWorld.Entry(calls, kind: EntryKind.Reversal, quantity: -12, total: 0, revision: 2) with { Cause = cause },
            ProofWorld.Entry(before, kind: EntryKind.Correction, total: before.Count, revision: 3) with { Cause = cause });

        after.Count.ShouldBe(2);
        proofs.SelectMany(static proof => proof.Differences).ShouldBeEmpty();
        proofs.Select(static proof => proof.Quantity).ShouldBe([12, -12, 10]);
    }

    [Fact]
    public void A_metric_that_ended_after_the_lock_is_proved_by_what_its_adjustment_takes_away()
    {
        var calls = _world.Calls("t1", 3);
        _world.End(ProofWorld.Start);
        var entry = ProofWorld.Entry(calls);
        var taken = ProofWorld.Entry(calls, kind: EntryKind.Reversal, quantity: -3, total: 0, revision: 2) with
        {
            Kind = EntryKind.Adjustment, BookedIn = ProofWorld.Start.AddDays(40),
            Cause = new Cause { Kind = CauseKind.Metric, Reference = "calls@1", Actor = "person:ann", Reason = "nobody pays for it" },
        };

        _world.Prove(entry, taken).SelectMany(static proof => proof.Differences).ShouldBeEmpty();
    }

    [Fact]
    public void A_metric_version_that_is_gone_is_told()
    {
        var entry = ProofWorld.Entry(_world.Calls("t1", 1)) with { MetricVersion = 9 };

        _world.Prove(entry).ShouldHaveSingleItem().Differences.ShouldHaveSingleItem().ShouldContain("calls@9 is not in ref.metrics");
    }
}
