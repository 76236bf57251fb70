using System.Text.RegularExpressions;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Queries;

public sealed partial class QueryDocumentationTests
{
    [Fact]
    public void The_example_in_the_page_on_queries_is_code_that_is_compiled_and_run()
    {
        string example = Unindented(File.ReadAllText(Path.Combine(Repository.Root, "tests/UsageStreams.Integration/Engine/QueryExample.cs")));
        MatchCollection blocks = CodeBlock().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/queries.md")));

        blocks.Count.ShouldBe(1);
        example.ShouldContain(Unindented(blocks[0].Groups["code"].Value));
    }

    private static string Unindented(string code) => string.Join('\n', code.Split('\n').Select(static line => line.Trim())).Trim();

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeBlock();
}
