using System.Text.RegularExpressions;
using UsageStreams.Host.Reference.Import;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Reference.Import;

/// <summary>The examples of docs/reference-data.md are imported as they stand there.</summary>
public sealed partial class ReferencePageTests
{
    [Fact]
    public void The_examples_of_the_page_fit_together()
    {
        using var import = new ImportCase();
        var blocks = Blocks();
        foreach (var (name, text) in blocks)
            import.File(name, text);

        import.Check().ShouldBeEmpty();

        blocks.Select(static block => block.Name).ShouldBe(["tenants.csv", "accounts.csv", "contracts.csv", "products.csv", "tenants-more.jsonl"]);
        import.Tenants.Spool.Count.ShouldBe(4);
        var tenant = import.Tenants.Spool.ReadAll().First();
        var timeline = TenantTimeline.Of(tenant.Id, tenant, id => import.State.Accounts.Find(id)?.Value, id => import.State.Contracts.Find(id)?.Value);
        timeline.Spans.Select(static span => $"{span.Account} {span.Contract} {string.Join(' ', span.Merged)}".TrimEnd())
            .ShouldBe(["", "acme C-1", "acme C-2", "globex C-3", "acme C-2 globex@1"]);
    }

    [Fact]
    public void The_page_names_the_columns_that_there_are()
    {
        foreach (var (name, text) in Blocks().Where(static block => block.Name.EndsWith(".csv", StringComparison.Ordinal)))
        {
            var kind = ReferenceKind.OfFile(name)!;
            var header = text.Split('\n')[0].Split(',');
            header.Except(kind.Columns).ShouldBeEmpty();
            kind.Required.Except(header).ShouldBeEmpty();
        }
    }

    private static IReadOnlyList<(string Name, string Text)> Blocks() =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(RepositoryFolder.Root(), "docs", "reference-data.md"))).Select(static match => (match.Groups["name"].Value, match.Groups["text"].Value))];

    [GeneratedRegex("```(?:csv|jsonl) (?<name>\\S+)\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Block();
}
