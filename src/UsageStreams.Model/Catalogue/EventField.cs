namespace UsageStreams.Model;

/// <summary>What of an event a filter or a value can name.</summary>
/// <param name="Kind">Which field.</param>
/// <param name="Property">Name of the property; empty for other fields.</param>
internal readonly record struct EventField(EventFieldKind Kind, string Property)
{
    /// <summary>What stands before the name of a property where the name alone would be taken for something else.</summary>
    public const string PropertyPrefix = "properties.";

    private static readonly Dictionary<string, EventFieldKind> Fields = new(StringComparer.Ordinal)
    {
        ["type"] = EventFieldKind.Type,
        ["source"] = EventFieldKind.Source,
        ["user"] = EventFieldKind.User,
        ["workspace"] = EventFieldKind.Workspace,
        ["product"] = EventFieldKind.Product,
        ["quantity"] = EventFieldKind.Quantity,
    };

    /// <summary>Parts of an event that no filter may look at, and the words of the language: as a property's name each needs the prefix.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "id", "tenant", "time", "properties", "and", "or", "not", "in", "is", "known", "unknown", "true", "false",
    };

    /// <summary>Whether it is the only number among the fields.</summary>
    public bool IsNumber => Kind == EventFieldKind.Quantity;

    /// <summary>A property.</summary>
    public static EventField OfProperty(string name) => new(EventFieldKind.Property, name);

    /// <summary>The field that a name without prefix means; false when it means none.</summary>
    public static bool TryOf(string name, out EventField field)
    {
        field = Fields.TryGetValue(name, out var kind) ? new EventField(kind, string.Empty) : OfProperty(name);
        return !Reserved.Contains(name);
    }

    /// <summary>Whether a property can be named without quotes behind the prefix.</summary>
    public static bool IsPlain(string name)
    {
        if (name.Length == 0 || !IsStart(name[0])) return false;
        foreach (var character in name)
        {
            if (!IsPart(character)) return false;
        }

        return true;
    }

    /// <summary>Whether a name may start with the character.</summary>
    public static bool IsStart(char character) => char.IsAsciiLetter(character) || character == '_';

    /// <summary>Whether a name may go on with the character.</summary>
    public static bool IsPart(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.';

    /// <summary>The shortest way to write it.</summary>
    public override string ToString() => Kind switch
    {
        EventFieldKind.Property when !IsPlain(Property) => PropertyPrefix + FilterPrinter.Quote(Property),
        EventFieldKind.Property when !TryOf(Property, out var bare) || bare != this || Property.StartsWith(PropertyPrefix, StringComparison.Ordinal) => PropertyPrefix + Property,
        EventFieldKind.Property => Property,
        _ => Kind.ToString().ToLowerInvariant(),
    };

    /// <summary>The field as text; null when the event doesn't have it. Not for the quantity.</summary>
    public string? TextOf(in MetricEvent usage) => Kind switch
    {
        EventFieldKind.Type => usage.Type,
        EventFieldKind.Source => usage.Source,
        EventFieldKind.User => usage.User,
        EventFieldKind.Workspace => usage.Workspace,
        EventFieldKind.Product => usage.Product,
        EventFieldKind.Property => usage.Properties.TryGet(Property, out var text) ? text : null,
        _ => throw new ModelException($"{Kind} is no text; the filter should not have been compiled."),
    };
}

/// <summary>The fields.</summary>
internal enum EventFieldKind
{
    Type,
    Source,
    User,
    Workspace,
    Product,
    Quantity,
    Property,
}
