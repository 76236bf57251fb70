using System.Text;
using System.Text.Json;
using UsageStreams.Model;

namespace UsageStreams.Host.Exceptions;

/// <summary>Tells exceptions to programs.</summary>
internal static class ExceptionJson
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An array of them.</summary>
    public static string List(IEnumerable<ExceptionView> views, DateTimeOffset now) => Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var view in views)
            Write(writer, view, now);
        writer.WriteEndArray();
    });

    /// <summary>One, as an object.</summary>
    public static string One(ExceptionView view, DateTimeOffset now) => Write(writer => Write(writer, view, now));

    private static void Write(Utf8JsonWriter writer, ExceptionView view, DateTimeOffset now)
    {
        var exception = view.Exception;
        writer.WriteStartObject();
        writer.WriteString("id", exception.Id);
        writer.WriteString("tenant", exception.Tenant);
        writer.WriteString("kind", exception.Kind.Code());
        writer.WriteString("reason", exception.Reason);
        writer.WriteString("text", exception.Text);
        writer.WriteString("state", ExceptionWriter.Word(view.State));
        writer.WriteString("owner", view.Owner);
        writer.WriteNumber("count", exception.Count);
        writer.WriteNumber("total", exception.Total);
        writer.WriteNumber("partition", exception.Partition);
        writer.WriteNumber("firstOffset", exception.FirstOffset);
        writer.WriteNumber("lastOffset", exception.LastOffset);
        writer.WriteString("oldest", exception.Oldest);
        writer.WriteString("opened", exception.Opened);
        writer.WriteString("due", exception.Due);
        writer.WriteBoolean("overdue", view.IsOverdue(now));
        writer.WriteNumber("ageSeconds", (long)view.Age(now).TotalSeconds);
        writer.WriteStartArray("decisions");
        foreach (var decision in view.Decisions)
        {
            writer.WriteStartObject();
            writer.WriteString("action", ExceptionWriter.Word(decision.Action));
            if (decision.Owner is not null)
                writer.WriteString("owner", decision.Owner);
            writer.WriteString("actor", decision.Actor);
            writer.WriteString("time", decision.Time);
            writer.WriteString("reason", decision.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
            write(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
