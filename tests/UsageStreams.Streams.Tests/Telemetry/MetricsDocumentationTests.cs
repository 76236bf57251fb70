using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using UsageStreams.Streams.Internal.Telemetry;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Telemetry;

public sealed partial class MetricsDocumentationTests
{
    [Fact]
    public void The_page_on_metrics_has_each_instrument_that_is_registered_and_no_other()
    {
        string[] documented = [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "metrics.md")))
            .Select(static m => $"{m.Groups["name"].Value} | {m.Groups["kind"].Value} | {m.Groups["unit"].Value} | {m.Groups["text"].Value}")];
        string[] registered = [.. Registered().Select(static i => $"{i.Name} | {Kind(i)} | {i.Unit} | {i.Description}")];

        registered.Length.ShouldBeGreaterThan(15);
        documented.Order(StringComparer.Ordinal).ShouldBe(registered.Order(StringComparer.Ordinal));
    }

    private static List<Instrument> Registered()
    {
        RuntimeHelpers.RunClassConstructor(typeof(StreamsMeter).TypeHandle);
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == StreamsTelemetry.MeterName)
                instruments.Add(instrument);
        };
        listener.Start();
        return instruments;
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name switch
    {
        "Counter`1" or "ObservableCounter`1" => "counter",
        "UpDownCounter`1" or "ObservableUpDownCounter`1" => "up-down counter",
        "Gauge`1" or "ObservableGauge`1" => "gauge",
        "Histogram`1" => "histogram",
        string other => other,
    };

    [GeneratedRegex(@"^\| `(?<name>[a-z._]+)` \| (?<kind>[a-z -]+) \| `(?<unit>[^`]+)` \| [^|]+ \| (?<text>[^|]+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
