using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Chaos.Report;

/// <summary>Says how a run went.</summary>
internal static class ResultWriter
{
    /// <summary>A page for people.</summary>
    public static string Text(ChaosResult result)
    {
        var page = new StringBuilder();
        Say("broker", result.Broker);
        foreach (var (name, value) in Counts(result))
            Say(name, value.ToString("#,0.##", CultureInfo.InvariantCulture));
        page.Append(CultureInfo.InvariantCulture, $"{"",-20}{"told",18}{"found",18}{"difference",14}\n");
        foreach (var figure in result.Figures)
            page.Append(CultureInfo.InvariantCulture, $"{figure.Name,-20}{figure.Told,18:#,0.####}{figure.Found,18:#,0.####}{figure.Difference,14:#,0.####}\n");
        foreach (var note in result.Notes)
            Say("note", note);
        foreach (var failure in result.Failures)
            Say("failure", failure);
        if (!result.Passed)
            Say("logs", string.Join(' ', result.LogFiles));
        page.Append(CultureInfo.InvariantCulture, $"difference {result.Difference:#,0.####}\n");
        return page.ToString();

        void Say(string name, string value) => page.Append(CultureInfo.InvariantCulture, $"{name,-20}{value}\n");
    }

    /// <summary>One JSON object.</summary>
    public static string Json(ChaosResult result)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(result, writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(ChaosResult result, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("broker", result.Broker);
        foreach (var (name, value) in Counts(result))
            writer.WriteNumber(name.Replace(' ', '_'), value);
        writer.WriteStartObject("figures");
        foreach (var figure in result.Figures)
        {
            writer.WriteStartObject(figure.Name);
            writer.WriteNumber("told", figure.Told);
            writer.WriteNumber("found", Plain(figure.Found));
            writer.WriteNumber("difference", Plain(figure.Difference));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        WriteList("notes", result.Notes);
        WriteList("failures", result.Failures);
        WriteList("logs", result.Passed ? [] : result.LogFiles);
        writer.WriteNumber("difference", Plain(result.Difference));
        writer.WriteBoolean("passed", result.Passed);
        writer.WriteEndObject();

        void WriteList(string name, IReadOnlyList<string> values)
        {
            writer.WriteStartArray(name);
            foreach (var value in values)
                writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
    }

    // Without the zeros that a scale leaves at the end.
    private static decimal Plain(decimal value) => value / 1.0000000000000000000000000000m;

    private static IEnumerable<(string Name, decimal Value)> Counts(ChaosResult result) =>
    [
        ("seed", result.Options.Seed),
        ("kills", result.Kills.Sum()),
        .. result.Kills.Select(static (kills, worker) => ($"kills of {ChaosRun.WorkerName(worker)}", (decimal)kills)),
        ("broker restarts", result.BrokerRestarts),
        ("rebalances", result.Logs.Assigned + result.Logs.Revoked + result.Logs.Lost),
        ("assigned", result.Logs.Assigned),
        ("revoked", result.Logs.Revoked),
        ("lost", result.Logs.Lost),
        ("recoveries", result.Logs.Recoveries),
        ("states from disk", result.Logs.FromDisk),
        ("states distrusted", result.Logs.Distrusted),
        ("publisher replaced", result.Resumptions),
        ("records", result.Records),
        ("seconds", (decimal)Math.Round(result.Seconds, 1)),
        ("seconds settling", (decimal)Math.Round(result.SettleSeconds, 1)),
    ];
}
