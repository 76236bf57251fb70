using System.Globalization;
using System.Text.RegularExpressions;
using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

/// <summary>The examples of docs/catalogue.md do what the page says.</summary>
public sealed partial class CataloguePageTests
{
    public static TheoryData<string, string, bool> Examples
    {
        get
        {
            var examples = new TheoryData<string, string, bool>();
            foreach (Match row in Row().Matches(File.ReadAllText(Page))) examples.Add(row.Groups["filter"].Value, row.Groups["event"].Value, row.Groups["taken"].Value == "yes");
            return examples;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_of_the_page_is_taken_or_not_as_it_says(string filter, string usage, bool taken) => EventFilter.Parse(filter).Holds(Event(usage)).ShouldBe(taken);

    [Fact]
    public void The_page_has_examples_of_every_operator()
    {
        var filters = string.Join('\n', Examples.Select(static example => example.Data.Item1));

        Examples.Count.ShouldBeGreaterThan(25);
        foreach (var word in (string[])[" = ", " != ", " < ", " <= ", " > ", " >= ", " in (", " is known", " is unknown", " and ", " or ", "not ", "properties."])
            filters.ShouldContain(word);
    }

    [Fact]
    public void The_page_tells_the_limits() => File.ReadAllText(Page).ShouldSatisfyAllConditions(
        static text => text.ShouldContain($"at most {EventFilter.MostLength} characters"),
        static text => text.ShouldContain($"at most {EventFilter.MostDepth} deep"));

    private static string Page
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "UsageStreams.sln"))) folder = folder.Parent;
            return Path.Combine(folder.ShouldNotBeNull("the tests run from a build inside the repository").FullName, "docs", "catalogue.md");
        }
    }

    private static MetricEvent Event(string text)
    {
        var fields = text.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(static field => field.Split(':', 2, StringSplitOptions.TrimEntries)).ToDictionary(static field => field[0], static field => field[1], StringComparer.Ordinal);
        string[] named = ["type", "source", "user", "quantity"];
        return new MetricEvent(
            fields.GetValueOrDefault("type", "http.request"), fields.GetValueOrDefault("source", "web"), "t", fields.GetValueOrDefault("user"), null, "site", 0,
            fields.TryGetValue("quantity", out var quantity) ? decimal.Parse(quantity, CultureInfo.InvariantCulture) : null,
            new PropertySet([.. fields.Where(field => !named.Contains(field.Key))]));
    }

    [GeneratedRegex(@"^\| `(?<filter>.*?)` \| (`(?<event>.*?)` )?\| (?<taken>yes|no) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
