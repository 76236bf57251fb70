using System.Collections.ObjectModel;
using System.Text.Json;

namespace UsageStreams.Avro;

/// <summary>What a schema object says beyond its structure.</summary>
internal sealed record SchemaAttributes(IReadOnlyDictionary<string, JsonElement> Other, LogicalType? LogicalType)
{
    private static readonly HashSet<string> FieldWords = ["name", "type", "doc", "default", "order", "aliases"];

    private static readonly HashSet<string> SchemaWords =
        ["name", "type", "doc", "aliases", "namespace", "fields", "symbols", "items", "values", "size"];

    public static SchemaAttributes None { get; } = new(ReadOnlyDictionary<string, JsonElement>.Empty, null);

    public static SchemaAttributes OfSchema(JsonElement schema, AvroType type, int size = 0)
    {
        var other = Collect(schema, name => SchemaWords.Contains(name) || (type == AvroType.Enum && name == "default"));
        return other is null ? None : new SchemaAttributes(other, LogicalTypes.Find(other, type, size));
    }

    public static IReadOnlyDictionary<string, JsonElement> OfField(JsonElement field) => Collect(field, FieldWords.Contains) ?? None.Other;

    private static OrderedDictionary<string, JsonElement>? Collect(JsonElement json, Func<string, bool> isStructure)
    {
        OrderedDictionary<string, JsonElement>? other = null;
        foreach (var member in json.EnumerateObject())
        {
            if (!isStructure(member.Name))
                (other ??= [])[member.Name] = member.Value.Clone();
        }

        return other;
    }
}
