using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Tests.Runtime;

/// <summary>A copying topology whose threads have no broker.</summary>
internal sealed class FakeApplication : IDisposable
{
    public static readonly TopicPartition Input = new("in", 0);

    private readonly CancellationTokenSource _stopping = new();

    public FakeApplication(StreamsOptions options, TimeProvider? clock = null, Topology? topology = null)
    {
        Options = options;
        topology ??= Copy();
        Layout = new TopicLayout(topology, options.ApplicationId, new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = 1, ["out"] = 1 });
        Layout.Create();
        Clients = new FakeClients(options);
        Fleet = new ThreadFleet(
            options, number => new ThreadContext(number, topology, Layout, Clients, clock ?? TimeProvider.System, static () => { }), NullLogger.Instance,
            clock ?? TimeProvider.System, _stopping);
    }

    public static StreamsOptions Default => new() { ApplicationId = "app", Connection = new KafkaConnection("nowhere:1"), CommitInterval = TimeSpan.FromMilliseconds(1) };

    public StreamsOptions Options { get; }

    public TopicLayout Layout { get; }

    public FakeClients Clients { get; }

    public ThreadFleet Fleet { get; }

    public static Topology Copy()
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("copy")).To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        return builder.Build();
    }

    /// <summary>Hands over a record, as the client does.</summary>
    public static void Take(StreamSession session, long offset, string key, long arrival = 0) =>
        session.Take(session.Slot(Input), new InputRecord(offset, arrival) { Key = System.Text.Encoding.UTF8.GetBytes(key), HasKey = true, Value = "v"u8, HasValue = true });

    /// <summary>Has the next poll throw.</summary>
    public void Break(Exception failure) => Clients.OnPoll(_ => throw failure);

    public Task StopAsync()
    {
        _stopping.Cancel();
        return Fleet.Completion.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Waits for what the threads do.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"Waited in vain for: {what}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }
}
