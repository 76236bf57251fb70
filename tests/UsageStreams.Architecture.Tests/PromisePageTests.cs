using System.Text.RegularExpressions;

namespace UsageStreams.Architecture.Tests;

/// <summary>The pages that say by which test each promise is shown.</summary>
public sealed partial class PromisePageTests
{
    // A row may say plainly that nothing shows it.
    private const string NotYet = "*not yet shown*";
    private const string BenchmarkCases = "tests/UsageStreams.Benchmarks/Engine/EngineCases.cs";

    private static readonly Lazy<HashSet<string>> Tests = new(() => [.. Repository.CSharp("tests").Where(static file => file.EndsWith("Tests.cs", StringComparison.Ordinal)).SelectMany(NamesOf)]);

    [Theory]
    [InlineData("docs/engine-faults.md", 30)]
    [InlineData("docs/engine-acceptance.md", 20)]
    [InlineData("docs/metering-acceptance.md", 40)]
    public void Every_row_names_a_test_or_a_benchmark_and_all_of_them_exist(string page, int rows)
    {
        (string Row, string Shown)[] found = [.. Repository.Lines(page).Select(static line => Row().Match(line)).Where(static row => row.Success && row.Groups["last"].Value.Trim() != "shown by")
            .Select(static row => (row.Value, row.Groups["last"].Value)).Where(static row => !row.Item2.Trim().StartsWith("---", StringComparison.Ordinal))];

        found.Length.ShouldBeGreaterThanOrEqualTo(rows);
        found.Where(static row => !TestName().IsMatch(row.Shown) && !Benchmark().IsMatch(row.Shown) && !row.Shown.Contains(NotYet, StringComparison.Ordinal))
            .Select(row => $"{page}: this row says in its last column by no test or benchmark that it holds: {row.Row}")
            .Concat(found.SelectMany(static row => TestName().Matches(row.Shown).Select(static name => name.Groups["name"].Value)).Distinct()
                .Where(static name => !Tests.Value.Contains(name)).Select(name => $"{page} names {name}, and there is no such test; write it, or name the one that took its place."))
            .Concat(found.SelectMany(static row => Benchmark().Matches(row.Shown).Select(static name => name.Groups["name"].Value)).Distinct()
                .Where(static name => !Repository.Text(BenchmarkCases).Contains($"new(\"{name}\"", StringComparison.Ordinal)).Select(name => $"{page} names the benchmark {name}, which {BenchmarkCases} does not have."))
            .ShouldBeNone();
    }

    private static IEnumerable<string> NamesOf(string file) => Test().Matches(Repository.Text(file))
        .Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups["name"].Value}");

    [GeneratedRegex(@"^\|.*\|(?<last>[^|]*)\|\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>\w+Tests\.\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();

    [GeneratedRegex(@"bench `(?<name>[\w-]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Benchmark();

    // A test is public, and its attributes stand before it.
    [GeneratedRegex(@"\[(Fact|Theory)\b[^;{]*?\bpublic\s+(async\s+)?\w+\s+(?<name>\w+)\(", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Test();
}
