using System.Text.RegularExpressions;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests;

/// <summary>The program of the engine's README: compiled here, its topology run, and its text compared with the page's.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void The_topology_gives_what_the_page_says()
    {
        using var driver = new TopologyTestDriver(PageViews());
        TestInputTopic<string, long> views = driver.CreateInputTopic("page-views", Serdes.Utf8, Serdes.Int64);
        views.Pipe("/home", 1_000);
        views.Pipe("/home", 59_999);
        views.Pipe("/home", 70_000); // a minute and the grace have passed
        driver.CreateOutputTopic("views-per-minute", Serdes.Windowed(Serdes.Utf8), Serdes.Int64).ReadKeyValues() // /home@0/60000: 2
            .Select(static r => $"{r.Key}: {r.Value}").ShouldBe(["/home@0/60000: 2"]);
    }

    [Fact]
    public void The_page_s_code_is_that_of_this_file_and_its_links_lead_somewhere()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "src/UsageStreams.Streams/README.md"));
        string here = Flat(File.ReadAllText(Path.Combine(Repository.Root, "tests/UsageStreams.Streams.Tests/ReadmeTests.cs")));

        // The namespaces that the page uses are those that this one lies in or uses.
        string[] paragraphs = [.. CodeBlock().Matches(page).SelectMany(static block => block.Groups["code"].Value.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))];
        paragraphs.Length.ShouldBeGreaterThanOrEqualTo(4);
        foreach (string paragraph in paragraphs.Where(static p => !p.StartsWith("using UsageStreams", StringComparison.Ordinal)))
            here.ShouldContain(Flat(paragraph).Replace(".ReadKeyValues(); //", ".ReadKeyValues() //", StringComparison.Ordinal));
        foreach (Match link in Link().Matches(page))
            File.Exists(Path.Combine(Repository.Root, "src/UsageStreams.Streams", link.Groups["path"].Value)).ShouldBeTrue(link.Value);
    }

    // Compiled and not run: it needs a broker.
    internal static async Task RunAsync()
    {
        // How often each page is looked at in each minute. Key: the page; value: when, in Unix ms.
        await using var streams = new KafkaStreams(PageViews(), new StreamsOptions
        {
            ApplicationId = "page-views",
            Connection = new KafkaConnection("localhost:9092"),
            StateDirectory = "state",
        });
        streams.StateChanged += change => Console.WriteLine($"{change.Old} -> {change.New}");
        await streams.StartAsync();
        await streams.Completion;
    }

    private static Topology PageViews()
    {
        var builder = new StreamsBuilder();
        WindowedKTable<string, long, long> perMinute = builder
            .Stream("page-views", Consumed.With(Serdes.Utf8, Serdes.Int64).WithTimestamps(static (in Record<string, long> view, long _) => view.Value))
            .GroupByKey()
            .WindowedBy(TumblingWindows.Of(TimeSpan.FromMinutes(1)).WithGrace(TimeSpan.FromSeconds(10)))
            .Count(Materialized.As("views", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnWindowClose));
        perMinute.ToStream("final").To("views-per-minute", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64));
        perMinute.Late.To("late-views", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64));
        return builder.Build();
    }

    private static string Flat(string code) => string.Join('\n', code.Split('\n').Select(static line => line.Trim())).Trim();

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<path>[^)]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
