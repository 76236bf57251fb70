using UsageStreams.Host.Catalogue;
using UsageStreams.Host.Reference;
using UsageStreams.Host.Tests.Support;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Catalogue;

public sealed class CatalogCommandTests
{
    [Fact]
    public async Task Check_tells_every_fault_with_file_and_line_and_ends_with_1()
    {
        using var folder = new TemporaryFolder();
        var wrong = folder.File("a.yaml", CatalogueTexts.File("api.calls", "filter: status >\nwindow: week"));
        folder.File("b.yml", CatalogueTexts.File("bytes.out", ""));
        folder.File("notes.txt", "not read");

        var run = await HostKafka.RunAsIs(["catalog", "check", folder.Path]);

        run.Code.ShouldBe(ExitCodes.Failed);
        run.Output.ShouldContain($"{wrong}:10: 'window' is 'week', expected one of hour, day");
        run.Output.ShouldContain($"{wrong}:13: the filter can't be read, column 9: expected a literal, found the end");
        run.Output.ShouldContain("1 metric versions read, 2 faults, 0 notes");
    }

    [Fact]
    public async Task A_folder_without_files_makes_no_sense()
    {
        using var folder = new TemporaryFolder();

        (await HostKafka.RunAsIs(["catalog", "check", folder.Path])).Code.ShouldBe(ExitCodes.Usage);
        (await HostKafka.RunAsIs(["catalog", "check", folder.Path + "/none"])).Code.ShouldBe(ExitCodes.Usage);
        (await HostKafka.RunAsIs(["catalog", "apply", folder.Path])).Error.ShouldContain("--reason");
    }

    [Fact]
    public async Task Diff_tells_and_apply_publishes_with_actor_and_reason_once_and_never_edits()
    {
        await using var run = await CatalogRun.StartAsync();
        run.Files.File("calls.yaml", CatalogueTexts.File("api.calls", "filter: status < 400"));

        (await run.CatalogAsync("diff")).Output.ShouldBe("new        api.calls@1  holds from 2000-01-01\n");
        Published(run).ShouldBeEmpty();
        (await run.CatalogAsync("apply", "--actor", "ann", "--reason", "first price list")).Output.ShouldContain("published 1 versions");
        (await run.CatalogAsync("apply", "--actor", "ben", "--reason", "again")).Output.ShouldContain("nothing to publish");
        Published(run).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            static metric => metric.Actor.ShouldBe("ann"),
            static metric => metric.Reason.ShouldBe("first price list"),
            static metric => metric.To.ShouldBeNull());

        run.Files.File("calls.yaml", CatalogueTexts.File("api.calls", "filter: status < 400", "filter: status < 500"));
        var applied = await run.CatalogAsync("apply", "--reason", "errors cost too");
        applied.Code.ShouldBe(ExitCodes.Done);
        applied.Output.ShouldContain("superseded api.calls@1");
        Published(run).OrderBy(static metric => metric.Version).Select(static metric => (metric.Version, metric.To?.Year, metric.Filter, metric.Actor)).ShouldBe(
            [(1, 2001, "status < 400", Environment.UserName), (2, null, "status < 500", Environment.UserName)]);

        run.Files.File("calls.yaml", CatalogueTexts.File("api.calls", "filter: status < 400", "filter: status < 600", "filter: status < 700"));
        var refused = await run.CatalogAsync("apply", "--reason", "an edit");
        refused.Code.ShouldBe(ExitCodes.Failed);
        refused.Output.ShouldContain("refused    api.calls@2");
        refused.Output.ShouldContain("nothing was published");
        (await run.CatalogAsync("diff")).Code.ShouldBe(ExitCodes.Failed);
        Published(run).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_metric_is_retired_by_an_end_in_its_file_with_actor_and_reason()
    {
        await using var run = await CatalogRun.StartAsync();
        run.Files.File("calls.yaml", CatalogueTexts.File("api.calls", ""));
        await run.CatalogAsync("apply", "--actor", "ann", "--reason", "first price list");
        run.Files.File("calls.yaml", CatalogueTexts.File("api.calls", "to: 2027-01-01"));

        (await run.CatalogAsync("diff")).Output.ShouldBe("ended      api.calls@1  ends 2027-01-01, had no end; no version takes over\n");
        var applied = await run.CatalogAsync("apply", "--actor", "ben", "--reason", "nobody pays for it");

        applied.Code.ShouldBe(ExitCodes.Done, applied.Error);
        applied.Output.ShouldContain("published 1 versions");
        var metric = Published(run).ShouldHaveSingleItem();
        (metric.To?.Year, metric.Actor, metric.Reason).ShouldBe((2027, "ben", "nobody pays for it"));
        (await run.CatalogAsync("apply", "--reason", "again")).Output.ShouldContain("nothing to publish");
    }

    [Fact]
    public async Task Faulty_files_are_not_applied()
    {
        await using var run = await CatalogRun.StartAsync();
        run.Files.File("calls.yaml", CatalogueTexts.File("api.calls", "window: week"));

        var refused = await run.CatalogAsync("apply", "--reason", "none");

        refused.Code.ShouldBe(ExitCodes.Failed);
        refused.Error.ShouldContain("calls.yaml:10: 'window' is 'week'");
        Published(run).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_import_leaves_a_metric_that_was_superseded_as_it_is()
    {
        await using var run = await CatalogRun.StartAsync();
        run.Files.File("calls.yaml", CatalogueTexts.File("api.calls", "filter: status < 400", "filter: status < 500"));
        await run.CatalogAsync("apply", "--reason", "own terms");

        new ReferencePublisher(run.Access, run.Values).Publish(AccessLogAccounts.Of(["10.0.0.1"]), "web", TestContext.Current.CancellationToken).ShouldBe(2 + 1 + 1 + 1);

        Published(run).Where(static metric => metric.Code == "api.calls").Select(static metric => metric.To?.Year).ShouldBe([2001, null]);
    }

    private static IReadOnlyList<Metric> Published(CatalogRun run) =>
        new PublishedMetrics(run.Access, run.Values).Read(TestContext.Current.CancellationToken);
}
