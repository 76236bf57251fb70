using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageStreams.Benchmarks;

/// <summary>What a case showed. Figures are those of the median run; null where the case has no such figure.</summary>
internal sealed record CaseResult(string Name)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Median over the runs.</summary>
    public double? RecordsPerSecond { get; init; }

    /// <summary>The slowest run.</summary>
    public double? Low { get; init; }

    /// <summary>The fastest run.</summary>
    public double? High { get; init; }

    /// <summary>Median over the runs of the quotient by the rival in the same run.</summary>
    public double? Ratio { get; init; }

    /// <summary>Managed bytes allocated per record.</summary>
    public double? BytesPerRecord { get; init; }

    /// <summary>Bytes of keys and values written to changelogs per input record.</summary>
    public double? ChangelogBytesPerRecord { get; init; }

    /// <summary>What else the case shows, by name with unit.</summary>
    public IReadOnlyDictionary<string, double>? Figures { get; init; }

    public static void Print(IReadOnlyList<CaseResult> cases, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { cases = cases.Select(Rounded) }, Json));
            return;
        }

        Console.WriteLine($"{"case",-18} {"records/s",12} {"lowest",12} {"highest",12} {"ratio",7} {"B/record",9} {"changelog B/record",19}");
        foreach (var one in cases)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Name,-18} {one.RecordsPerSecond,12:N0} {one.Low,12:N0} {one.High,12:N0} {one.Ratio,7:0.000} {one.BytesPerRecord,9:N1} {one.ChangelogBytesPerRecord,19:N1}"));
            foreach (var (name, value) in one.Figures ?? new Dictionary<string, double>(StringComparer.Ordinal))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {value:#,0.###}"));
        }
    }

    private static CaseResult Rounded(CaseResult one) => one with
    {
        RecordsPerSecond = Round(one.RecordsPerSecond, 0),
        Low = Round(one.Low, 0),
        High = Round(one.High, 0),
        Ratio = Round(one.Ratio, 4),
        BytesPerRecord = Round(one.BytesPerRecord, 1),
        ChangelogBytesPerRecord = Round(one.ChangelogBytesPerRecord, 1),
        Figures = one.Figures?.ToDictionary(static figure => figure.Key, static figure => Math.Round(figure.Value, 3), StringComparer.Ordinal),
    };

    private static double? Round(double? value, int digits) => value is { } number ? Math.Round(number, digits) : null;
}
