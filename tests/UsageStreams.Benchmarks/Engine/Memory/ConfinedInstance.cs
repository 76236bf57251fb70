using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Memory;

/// <summary>How a confined instance stands.</summary>
/// <param name="Resident">Bytes of memory that the system gives the process.</param>
/// <param name="Managed">Bytes of these that the garbage collector has in use or free.</param>
/// <param name="Consumed">Records taken, again after each failure.</param>
/// <param name="Recoveries">Times that it began anew.</param>
/// <param name="Lag">Records that are not read; the largest number while that is not known.</param>
internal sealed record Standing(long Resident, long Managed, long Consumed, long Recoveries, long Lag);

/// <summary>An application with a limit on its buffers, in a process of its own, which says how it stands when asked.</summary>
internal sealed class ConfinedInstance : IAsyncDisposable
{
    /// <summary>The first argument that makes this process one.</summary>
    public const string Verb = "confined";

    private readonly Process _process;

    private ConfinedInstance(Process process) => _process = process;

    /// <param name="connection">The broker.</param>
    /// <param name="application">Its name.</param>
    /// <param name="load">What it reads.</param>
    /// <param name="output">Where it copies everything to.</param>
    /// <param name="guarantee">What holds after failures.</param>
    /// <param name="bufferBytes">The limit.</param>
    public static ConfinedInstance Start(KafkaConnection connection, string application, EngineLoad load, string output, ProcessingGuarantee guarantee, long bufferBytes) => new(
        Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!,
            [Verb, connection.BootstrapServers, application, load.Events, output, guarantee.ToString(), bufferBytes.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new StreamsOptions
        {
            ApplicationId = arguments[1],
            Connection = new KafkaConnection(arguments[0]),
            Guarantee = Enum.Parse<ProcessingGuarantee>(arguments[4]),
            BufferBytes = long.Parse(arguments[5], CultureInfo.InvariantCulture),
        };
        await using var streams = new KafkaStreams(Topology(arguments[2], arguments[3]), options);
        await streams.StartAsync();
        while (await Console.In.ReadLineAsync() is not null)
        {
            if (streams.Completion.IsFaulted) await streams.Completion;
            var metrics = streams.Metrics;
            // Between two sessions there are no tasks.
            var isKnown = metrics.Tasks.Count == EngineLoad.Partitions && metrics.Tasks.All(static task => task.Lag is not null);
            var lag = isKnown ? metrics.Lag : long.MaxValue;
            Console.WriteLine(JsonSerializer.Serialize(new Standing(Environment.WorkingSet, GC.GetGCMemoryInfo().TotalCommittedBytes, metrics.RecordsConsumed, metrics.Recoveries, lag)));
        }

        return 0;
    }

    public async Task<Standing> LookAsync()
    {
        await _process.StandardInput.WriteLineAsync("look");
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() is { } line
            ? JsonSerializer.Deserialize<Standing>(line)!
            : throw new InvalidOperationException("The confined instance ended; its error is above.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Keeps the last event of each tenant, and copies all events.</summary>
    private static Streams.Topology Topology(string input, string output)
    {
        var (number, reading) = (FixedLayout<long>.Instance, FixedLayout<Reading>.Instance);
        var last = Stores.KeyValue("last", number, reading);
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(number, reading).WithName("events")).Process("keep", () => new Keep(last), last).To(output, Produced.With(number, reading));
        return builder.Build();
    }

    private sealed class Keep(StoreBuilder<long, Reading> handle) : IProcessor<long, Reading, long, Reading>
    {
        private ProcessorContext<long, Reading> _context = null!;
        private KeyValueStore<long, Reading> _last = null!;

        public void Init(ProcessorContext<long, Reading> context) => (_context, _last) = (context, context.GetStore(handle));

        public void Process(in Record<long, Reading> record)
        {
            _last.Put(record.Key, record.Value);
            _context.Forward(in record);
        }
    }
}
