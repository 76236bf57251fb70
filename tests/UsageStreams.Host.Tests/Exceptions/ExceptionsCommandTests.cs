using System.Text.Json;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Tests.Support;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Exceptions;

public sealed class ExceptionsCommandTests(HostKafka kafka) : IClassFixture<HostKafka>
{
    private static readonly DateTimeOffset Past = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Future = new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_is_not_resolved_is_listed_the_first_due_first()
    {
        Write(Parked("list-1") with { Due = Future }, Parked("list-2") with { Due = Past }, Parked("list-3") with { Count = 0 });

        var listed = await List("--reason", "list");

        listed.Select(static one => one.GetProperty("tenant").GetString()).ShouldBe(["list-2", "list-1"]);
        (listed[0].GetProperty("overdue").GetBoolean(), listed[1].GetProperty("overdue").GetBoolean()).ShouldBe((true, false));
    }

    [Theory]
    [InlineData(new[] { "--tenant", "filter-2" }, new[] { "filter-2" })]
    [InlineData(new[] { "--kind", "late-rejected" }, new[] { "filter-3" })]
    [InlineData(new[] { "--state", "resolved" }, new[] { "filter-4" })]
    [InlineData(new[] { "--owner", "finance" }, new[] { "filter-2" })]
    [InlineData(new[] { "--overdue" }, new[] { "filter-1" })]
    [InlineData(new[] { "--all" }, new[] { "filter-1", "filter-2", "filter-3", "filter-4" })]
    public async Task The_list_is_filtered(string[] options, string[] expected)
    {
        Write(
            Parked("filter-1") with { Due = Past }, Parked("filter-2") with { Owner = "finance" },
            Parked("filter-3") with { Kind = ExceptionKind.LateRejected, Id = "filter-3" }, Parked("filter-4") with { Count = 0 });

        var listed = await List(["--reason", "filter", .. options]);

        listed.Select(static one => one.GetProperty("tenant").GetString()).Order().ShouldBe(expected);
    }

    [Fact]
    public async Task A_list_for_programs_that_want_no_JSON_has_a_line_for_each()
    {
        Write(Parked("plain-1"));

        var run = await kafka.Run("exceptions", "list", "--reason", "plain");

        run.Output.Trim().Split('\n').Length.ShouldBe(2);
        run.Output.ShouldContain(Parked("plain-1").Id + "\topen\trevops\t3\t5\t");
    }

    [Fact]
    public async Task An_assignment_and_a_resolution_are_written_behind_each_other_and_tell_who_when_and_why()
    {
        var id = Write(Parked("desk-1"));

        (await kafka.Run("exceptions", "assign", id, "--to", "ann", "--reason", "her customer", "--actor", "person:bob")).Code.ShouldBe(ExitCodes.Done);
        var shown = await kafka.Run("exceptions", "resolve", id, "--reason", "mapped by hand");

        shown.Code.ShouldBe(ExitCodes.Done);
        shown.Output.ShouldContain("state       resolved");
        shown.Output.ShouldContain("person:bob: assign to ann: her customer");
        Decisions(id).Select(static decision => (decision.Action, decision.Owner, decision.Actor, decision.Reason)).ShouldBe(
        [
            (ExceptionAction.Assign, "ann", "person:bob", "her customer"),
            (ExceptionAction.Resolve, null, "person:" + Environment.UserName, "mapped by hand"),
        ]);

        Write(Parked("desk-1") with { Count = 4, Total = 6 });
        var reopened = JsonDocument.Parse((await kafka.Run("exceptions", "show", id, "--json")).Output).RootElement;
        (reopened.GetProperty("state").GetString(), reopened.GetProperty("owner").GetString()).ShouldBe(("reopened", "ann"));
        reopened.GetProperty("decisions").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_misplaced_tenant_is_listed_by_its_kind_and_resolved_but_not_redriven()
    {
        var id = UsageException.IdOf(2, "spread-1", ExceptionKind.Misplaced, "other-partition");
        Write(Parked("spread-1") with { Id = id, Kind = ExceptionKind.Misplaced, Reason = "other-partition", Partition = 2, Count = 1, Total = 1 });

        (await List("--kind", "misplaced")).ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe("2/misplaced/other-partition/spread-1");
        (await kafka.Run("exceptions", "redrive", id, "--reason", "again")).Error.ShouldContain("of kind misplaced nothing waits");
        (await kafka.Run("exceptions", "resolve", id, "--reason", "its producer has murmur2_random now")).Output.ShouldContain("state       resolved");
        (await List("--kind", "misplaced")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redrive_waits_until_the_counts_have_moved()
    {
        var id = Write(Parked("redrive-1"));

        var waiting = kafka.Run("exceptions", "redrive", id, "--reason", "the tenant is known now", "--wait");
        while (Decisions(id).Count == 0)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        Write(Parked("redrive-1") with { Count = 0 });
        var run = await waiting;

        run.Code.ShouldBe(ExitCodes.Done);
        run.Output.ShouldContain("0 now, 5 ever");
        Decisions(id).ShouldHaveSingleItem().Redrives.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_state_does_not_allow_is_refused_and_nothing_is_written()
    {
        var id = Write(Parked("refused-1") with { Count = 0 });
        var rejected = Write(Parked("refused-2") with { Id = "rejected", Kind = ExceptionKind.Rejected });

        var resolve = await kafka.Run("exceptions", "resolve", id, "--reason", "done");
        var redrive = await kafka.Run("exceptions", "redrive", rejected, "--reason", "again");

        (resolve.Code, redrive.Code).ShouldBe((ExitCodes.Failed, ExitCodes.Failed));
        resolve.Error.ShouldContain("nothing is concerned any more");
        redrive.Error.ShouldContain("send it again, corrected");
        Decisions(id).ShouldBeEmpty();
        Decisions(rejected).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_id_that_is_unknown_ends_with_5_and_says_where_ids_are_told()
    {
        var run = await kafka.Run("exceptions", "assign", "nonsense", "--to", "ann", "--reason", "why");

        run.Code.ShouldBe(ExitCodes.NotFound);
        run.Error.ShouldContain("'nonsense'");
        run.Error.ShouldContain("usagestreams exceptions list");
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_decision_without_a_reason_is_refused()
    {
        var id = Write(Parked("why-1"));

        (await kafka.Run("exceptions", "resolve", id)).Code.ShouldBe(ExitCodes.Usage);
        (await kafka.Run("exceptions", "resolve", id, "--reason", " ")).Error.ShouldContain("needs a reason");
        Decisions(id).ShouldBeEmpty();
    }

    // The reason is the test's name in short, so that tests don't see each other's.
    private static UsageException Parked(string tenant) => new()
    {
        Id = UsageException.IdOf(0, tenant, ExceptionKind.Parked, tenant[..tenant.IndexOf('-', StringComparison.Ordinal)]),
        Tenant = tenant,
        Kind = ExceptionKind.Parked,
        Reason = tenant[..tenant.IndexOf('-', StringComparison.Ordinal)],
        Text = "No account.",
        Partition = 0,
        Count = 3,
        Total = 5,
        Oldest = Past,
        FirstOffset = 1,
        LastOffset = 9,
        Opened = Past,
        Due = Future,
        Owner = "revops",
    };

    private string Write(params UsageException[] exceptions)
    {
        kafka.Publish(kafka.Topics.Exceptions, exceptions.Select(static one => (one.Id, one)));
        return exceptions[0].Id;
    }

    private async Task<List<JsonElement>> List(params string[] options)
    {
        var run = await kafka.Run(["exceptions", "list", "--json", .. options]);
        run.Code.ShouldBe(ExitCodes.Done, run.Error);
        return [.. JsonDocument.Parse(run.Output).RootElement.EnumerateArray()];
    }

    private List<ExceptionDecision> Decisions(string id)
    {
        var decisions = new List<ExceptionDecision>();
        TopicReader.ReadToEnd(
            kafka.Access, kafka.Topics.ExceptionDecisions,
            record => decisions.Add(kafka.Values.Read<ExceptionDecision>(record.Topic, record.Message.Value)), TestContext.Current.CancellationToken);
        return [.. decisions.Where(decision => decision.Exception == id)];
    }
}
