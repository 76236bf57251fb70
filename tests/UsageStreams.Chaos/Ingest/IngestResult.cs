using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Chaos.Ingest;

/// <summary>What a run did, and what came out.</summary>
internal sealed record IngestResult
{
    /// <summary>The numbers, in the order in which they are told.</summary>
    public required IReadOnlyList<(string Name, decimal Value)> Numbers { get; init; }

    /// <summary>Events that were acknowledged and are not there.</summary>
    public required int Lost { get; init; }

    /// <summary>What metering counted beyond the events that there are.</summary>
    public required long CountedTwice { get; init; }

    /// <summary>What went wrong, one sentence each: the run has failed where there is any.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Whether everything is as it must be.</summary>
    public bool Passed => Lost == 0 && CountedTwice == 0 && Failures.Count == 0;

    /// <summary>A page for people.</summary>
    public string ToText()
    {
        var page = new StringBuilder();
        foreach (var (name, value) in Numbers)
            page.Append(CultureInfo.InvariantCulture, $"{name,-24}{value,14:#,0.##}\n");
        foreach (var failure in Failures)
            page.Append(CultureInfo.InvariantCulture, $"failure                 {failure}\n");
        return page.Append(CultureInfo.InvariantCulture, $"lost {Lost}, counted twice {CountedTwice}\n").ToString();
    }

    /// <summary>One JSON object.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in Numbers)
                writer.WriteNumber(name.Replace(' ', '_'), value);
            writer.WriteStartArray("failures");
            foreach (var failure in Failures)
                writer.WriteStringValue(failure);
            writer.WriteEndArray();
            writer.WriteNumber("lost", Lost);
            writer.WriteNumber("counted_twice", CountedTwice);
            writer.WriteBoolean("passed", Passed);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
