using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageStreams.Benchmarks;

/// <summary>What a case showed.</summary>
/// <param name="Name">The case.</param>
/// <param name="RecordsPerSecond">Median over the runs.</param>
/// <param name="Ratio">To the tuned plain consume loop in the same run of the program.</param>
/// <param name="BytesPerRecord">Managed bytes allocated per record, in the median run.</param>
/// <param name="ChangelogBytesPerRecord">Bytes of keys and values written to changelogs per input record; null where there are no stores.</param>
internal sealed record CaseResult(
    string Name,
    double RecordsPerSecond,
    double Ratio,
    double BytesPerRecord,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ChangelogBytesPerRecord = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void Print(IReadOnlyList<CaseResult> cases, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { cases = cases.Select(Rounded) }, Json));
            return;
        }

        Console.WriteLine($"{"case",-12} {"records/s",12} {"ratio",7} {"B/record",9} {"changelog B/record",19}");
        foreach (var one in cases)
            Console.WriteLine($"{one.Name,-12} {one.RecordsPerSecond,12:N0} {one.Ratio,7:0.000} {one.BytesPerRecord,9:N1} {one.ChangelogBytesPerRecord,19:N1}");
    }

    private static CaseResult Rounded(CaseResult one) => one with
    {
        RecordsPerSecond = Math.Round(one.RecordsPerSecond),
        Ratio = Math.Round(one.Ratio, 4),
        BytesPerRecord = Math.Round(one.BytesPerRecord, 1),
        ChangelogBytesPerRecord = one.ChangelogBytesPerRecord is { } bytes ? Math.Round(bytes, 1) : null,
    };
}

/// <summary>One run of a case.</summary>
internal readonly record struct Measured(double RecordsPerSecond, double BytesPerRecord, double? ChangelogBytesPerRecord = null)
{
    public CaseResult As(string name, Measured plain) => new(name, RecordsPerSecond, RecordsPerSecond / plain.RecordsPerSecond, BytesPerRecord, ChangelogBytesPerRecord);

    public static Measured Median(IEnumerable<Measured> runs)
    {
        var sorted = runs.OrderBy(run => run.RecordsPerSecond).ToList();
        return sorted[sorted.Count / 2];
    }
}
