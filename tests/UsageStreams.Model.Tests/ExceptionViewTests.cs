namespace UsageStreams.Model.Tests;

public sealed class ExceptionViewTests
{
    private static readonly DateTimeOffset Opened = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly UsageException Parked = new()
    {
        Id = UsageException.IdOf(3, "t/1", ExceptionKind.Parked, "unknown-tenant"),
        Tenant = "t/1",
        Kind = ExceptionKind.Parked,
        Reason = "unknown-tenant",
        Text = "No account.",
        Partition = 3,
        Count = 5,
        Total = 7,
        Oldest = Opened,
        FirstOffset = 1,
        LastOffset = 9,
        Opened = Opened,
        Due = Opened.AddDays(1),
        Owner = "revops",
    };

    [Fact]
    public void Nobody_has_taken_it_up_at_first()
    {
        var view = new ExceptionView(Parked, []);

        (view.State, view.Owner, view.Age(Opened.AddHours(3))).ShouldBe((ExceptionState.Open, "revops", TimeSpan.FromHours(3)));
        view.IsOverdue(Opened.AddDays(1).AddTicks(-1)).ShouldBeFalse();
        view.IsOverdue(Opened.AddDays(1)).ShouldBeTrue();
        Parked.Id.ShouldBe("3/parked/unknown-tenant/t/1");
    }

    [Fact]
    public void The_owner_is_who_was_assigned_last()
    {
        var view = After(Parked, (ExceptionAction.Assign, "ann"), (ExceptionAction.Assign, "bob"), (ExceptionAction.Redrive, null));

        (view.State, view.Owner, view.Redrives).ShouldBe((ExceptionState.Assigned, "bob", 1));
    }

    [Fact]
    public void What_was_resolved_stays_so_until_more_comes()
    {
        var view = After(Parked, (ExceptionAction.Assign, "ann"), (ExceptionAction.Resolve, null));

        view.State.ShouldBe(ExceptionState.Resolved);
        (view with { Exception = Parked with { Count = 4 } }).State.ShouldBe(ExceptionState.Resolved);
        (view with { Exception = Parked with { Count = 6, Total = 8 } }).State.ShouldBe(ExceptionState.Reopened);
        view.IsOverdue(DateTimeOffset.MaxValue).ShouldBeFalse();
        view.Age(Opened.AddDays(9)).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void What_was_reopened_can_be_assigned_and_resolved_again()
    {
        var more = Parked with { Count = 6, Total = 8 };
        var reopened = After(Parked, (ExceptionAction.Resolve, null)) with { Exception = more };
        var assigned = reopened with { Decisions = [.. reopened.Decisions, reopened.Decide(ExceptionAction.Assign, "ann", Opened, "mine", "ann")] };
        var resolved = assigned with { Decisions = [.. assigned.Decisions, assigned.Decide(ExceptionAction.Resolve, "ann", Opened, "done")] };

        (assigned.State, resolved.State).ShouldBe((ExceptionState.Assigned, ExceptionState.Resolved));
    }

    [Fact]
    public void It_is_resolved_by_itself_when_nothing_waits_and_opens_again_by_itself()
    {
        var view = After(Parked, (ExceptionAction.Assign, "ann"));

        (view with { Exception = Parked with { Count = 0 } }).State.ShouldBe(ExceptionState.Resolved);
        (view with { Exception = Parked with { Count = 1, Total = 8 } }).State.ShouldBe(ExceptionState.Assigned);
    }

    [Theory]
    [InlineData(ExceptionAction.Assign, "ann")]
    [InlineData(ExceptionAction.Resolve, null)]
    public void What_is_resolved_takes_no_further_decision(ExceptionAction action, string? owner)
    {
        var resolved = After(Parked, (ExceptionAction.Resolve, null));
        var empty = new ExceptionView(Parked with { Count = 0 }, []);

        Should.Throw<ModelException>(() => resolved.Decide(action, "ann", Opened, "why", owner)).Message.ShouldContain("is resolved already");
        Should.Throw<ModelException>(() => empty.Decide(action, "ann", Opened, "why", owner)).Message.ShouldContain("nothing is concerned any more");
    }

    [Fact]
    public void Only_what_waits_can_be_redriven()
    {
        var resolved = After(Parked, (ExceptionAction.Resolve, null));

        resolved.Decide(ExceptionAction.Redrive, "ann", Opened, "the mapping is there").Redrives.ShouldBe(1);
        Refused(Parked with { Kind = ExceptionKind.Rejected }).ShouldContain("send it again");
        Refused(Parked with { Kind = ExceptionKind.LateRejected }).ShouldContain("late-rejected");
        Refused(Parked with { Count = 0 }).ShouldContain("nothing is concerned any more");
    }

    [Fact]
    public void A_decision_needs_a_reason_and_an_assignment_an_owner()
    {
        var view = new ExceptionView(Parked, []);

        Should.Throw<ModelException>(() => view.Decide(ExceptionAction.Resolve, "ann", Opened, " ")).Message.ShouldContain("needs a reason");
        Should.Throw<ModelException>(() => view.Decide(ExceptionAction.Assign, "ann", Opened, "why")).Message.ShouldContain("needs an owner");
        Should.Throw<ModelException>(() => view.Decide(ExceptionAction.Resolve, "ann", Opened, "why", "bob")).Message.ShouldContain("nothing else has one");
    }

    [Fact]
    public void Every_kind_has_a_code_of_its_own() =>
        Enum.GetValues<ExceptionKind>().ShouldAllBe(static kind => ExceptionKinds.ByCode[kind.Code()] == kind);

    private static string Refused(UsageException exception) =>
        Should.Throw<ModelException>(() => new ExceptionView(exception, []).Decide(ExceptionAction.Redrive, "ann", Opened, "why")).Message;

    private static ExceptionView After(UsageException exception, params ReadOnlySpan<(ExceptionAction Action, string? Owner)> decisions)
    {
        var view = new ExceptionView(exception, []);
        foreach (var (action, owner) in decisions)
            view = view with { Decisions = [.. view.Decisions, view.Decide(action, "ann", Opened, "because", owner)] };
        return view;
    }
}
