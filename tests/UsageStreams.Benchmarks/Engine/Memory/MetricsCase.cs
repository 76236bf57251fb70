using System.Diagnostics.Metrics;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Memory;

/// <summary>
/// The meter's processor time per record, clients included: with metrics published every 10 ms and every instrument read ten times a second
/// (<c>metrics</c>), and with metrics published once a second for nobody (<c>metrics-none</c>).
/// </summary>
internal static class MetricsCase
{
    private const int DefaultRecords = 3_000_000;
    private static readonly TimeSpan Rarely = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, setting.Options.Records ?? DefaultRecords);
        EngineSetting.Say($"publishing {load.Records:N0} records");
        await load.PublishAsync();
        var rounds = new Rounds();
        // The first pair is the just-in-time compiler's.
        for (var run = 0; run <= setting.Options.Runs; run++)
        {
            var counted = run > 0 ? rounds : new Rounds();
            counted.Add("metrics-none", await MeasureAsync(load, $"unmeasured{run}", Rarely));
            using var reader = new InstrumentReader();
            counted.Add("metrics", await MeasureAsync(load, $"measured{run}", null));
        }

        return rounds.Results("metrics-none");
    }

    /// <summary>Records per second of processor time.</summary>
    private static async Task<Measured> MeasureAsync(EngineLoad load, string name, TimeSpan? publishInterval)
    {
        var output = load.Output(name);
        await load.CreateAsync(output);
        var run = new StreamRun(load.Connection, load.Application(name)) { Records = load.Records, PublishInterval = publishInterval };
        var before = Environment.CpuUsage.TotalTime;
        var measured = await run.RunAsync(EngineTopologies.Meter(load, output, run.Changelogs));
        var spent = Environment.CpuUsage.TotalTime - before;
        return measured with
        {
            RecordsPerSecond = load.Records / spent.TotalSeconds,
            Figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["processor time, µs/record"] = spent.TotalMicroseconds / load.Records },
        };
    }

    /// <summary>Asks every instrument of the engine ten times a second.</summary>
    private sealed class InstrumentReader : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Timer _timer;

        public InstrumentReader()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == StreamsTelemetry.MeterName) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
            _listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
            _listener.Start();
            _timer = new Timer(_ => _listener.RecordObservableInstruments(), null, 100, 100);
        }

        public void Dispose()
        {
            _timer.Dispose();
            _listener.Dispose();
        }
    }
}
