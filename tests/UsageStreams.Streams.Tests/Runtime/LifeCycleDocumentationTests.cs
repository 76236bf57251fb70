using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Runtime;

public sealed class LifeCycleDocumentationTests
{
    [Fact]
    public void The_example_in_the_page_is_code_that_compiles()
    {
        string root = Repository.Root;
        string page = File.ReadAllText(Path.Combine(root, "docs", "life-cycle.md"));
        string code = page[(page.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length)..page.LastIndexOf("```", StringComparison.Ordinal)];

        Lines(File.ReadAllText(Path.Combine(root, "tests", "UsageStreams.Streams.Tests", "Runtime", "LifeCycleDocumentationTests.cs"))).ShouldContain(Lines(code));
    }

    [Fact]
    public async Task The_example_s_start_can_be_cancelled() =>
        await Should.ThrowAsync<OperationCanceledException>(() => ExampleAsync(new KafkaConnection("127.0.0.1:1"), new CancellationToken(canceled: true)));

    private static async Task ExampleAsync(KafkaConnection connection, CancellationToken cancellation)
    {
        var builder = new StreamsBuilder();
        builder.Stream("orders", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("billing")).To("bills", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology topology = builder.Build();

        var options = new StreamsOptions
        {
            ApplicationId = "orders",
            Connection = connection,
            Guarantee = ProcessingGuarantee.ExactlyOnce,
            Threads = 2,
            BufferBytes = 256L << 20,
            MaxPollInterval = TimeSpan.FromMinutes(2),
            StopTimeout = TimeSpan.FromSeconds(20),
            UncaughtExceptionHandler = static failure => failure.Exception is ProcessingException
                ? UncaughtExceptionDecision.ReplaceThread
                : UncaughtExceptionDecision.ShutdownClient,
        };
        await using var streams = new KafkaStreams(topology, options);
        streams.Pause("billing");
        await streams.StartAsync(cancellation);
        await streams.AddThreadAsync(cancellation);
        StreamsHealth health = streams.CheckHealth(maxLag: 10_000);
        if (!health.Live.IsHealthy)
            Console.Error.WriteLine(health.Live.Reason);
        streams.Resume("billing");
        await streams.StopAsync(cancellation);
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(static line => line.Trim())).Trim();
}
