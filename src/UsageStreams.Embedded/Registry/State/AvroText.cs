using System.Text.Json;
using UsageStreams.Avro;

namespace UsageStreams.Embedded.Registry.State;

/// <summary>The forms of an Avro schema's text by which two texts are told to be the same schema.</summary>
internal static class AvroText
{
    private static readonly JsonDocumentOptions Tolerant = new() { CommentHandling = JsonCommentHandling.Skip, MaxDepth = 256 };

    /// <summary>
    /// The text to keep for a schema: as the Avro library writes it. A schema that refers to other subjects keeps its own text,
    /// without white space: the library would write the referenced types into it, and clients would then find them defined twice.
    /// </summary>
    public static string ToKeep(AvroSchema schema, string text, bool hasReferences) => hasReferences ? Minified(text) : schema.ToJson();

    /// <summary>As the Avro library writes it; the text itself when the library cannot read it (a log may hold what another server accepted).</summary>
    public static string CanonicalOrSame(string text)
    {
        try
        {
            return AvroSchema.Parse(text).ToJson();
        }
        catch (AvroSchemaException)
        {
            return text;
        }
    }

    private static string Minified(string text)
    {
        using var document = JsonDocument.Parse(text, Tolerant);
        return JsonSerializer.Serialize(document.RootElement, RegistryJson.Relaxed.JsonElement);
    }
}
