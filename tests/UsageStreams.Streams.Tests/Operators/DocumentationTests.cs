using System.Text.RegularExpressions;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_example_in_the_operators_pages_is_code_that_is_compiled_and_run()
    {
        string root = Repository.Root;
        string examples = Unindented(File.ReadAllText(Path.Combine(root, "tests", "UsageStreams.Streams.Tests", "Operators", "Examples.cs")));
        string[] pages = Directory.GetFiles(Path.Combine(root, "docs", "operators"), "*.md");
        (string Page, string Code)[] blocks = [.. pages.SelectMany(static page => CodeBlock().Matches(File.ReadAllText(page)).Select(m => (page, m.Groups["code"].Value)))];

        blocks.Length.ShouldBeGreaterThanOrEqualTo(10);
        foreach ((string page, string code) in blocks)
            examples.ShouldContain(Unindented(code), customMessage: $"{Path.GetFileName(page)}: copy the example from Examples.cs, or add it there.");
    }

    private static string Unindented(string code) => string.Join('\n', code.Split('\n').Select(static line => line.Trim())).Trim();

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeBlock();
}
