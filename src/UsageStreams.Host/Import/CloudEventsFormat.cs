using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using UsageStreams.Model;

namespace UsageStreams.Host.Import;

/// <summary>CloudEvents 1.0 in the JSON format, one on each line, as usage by <see cref="CloudEventMapping"/>; the product of those that name none is the imported source.</summary>
internal sealed class CloudEventsFormat : ILineFormat
{
    /// <inheritdoc />
    public string Name => "cloudevents";

    /// <inheritdoc />
    public bool TryRead(ReadOnlySpan<byte> line, long lineNumber, string source, out ImportedEvent imported, [NotNullWhen(false)] out string? reason)
    {
        imported = default;
        reason = null;
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            // Throws on anything but white space behind the value.
            reader.Read();
            if (CloudEvent.TryRead(document.RootElement, out var read, out var fault) && CloudEventMapping.TryMap(read, source, out var usage, out fault))
                imported = new ImportedEvent(usage, CloudEventMapping.Traceparent(read));
            else
                reason = fault.Text;
        }
        catch (JsonException error)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"no JSON from byte {error.BytePositionInLine} of the line on");
        }

        return reason is null;
    }
}
