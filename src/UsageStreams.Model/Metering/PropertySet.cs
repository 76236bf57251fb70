using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Model;

/// <summary>The properties of an event; immutable, so that events with the same properties can share one.</summary>
public sealed class PropertySet
{
    private readonly KeyValuePair<string, string>[] _properties;

    /// <summary>Makes a set of properties whose names differ.</summary>
    public PropertySet(params KeyValuePair<string, string>[] properties) => _properties = properties;

    /// <summary>No properties.</summary>
    public static PropertySet None { get; } = new();

    /// <summary>Number of properties.</summary>
    public int Count => _properties.Length;

    /// <summary>The properties of an event as it was published.</summary>
    public static PropertySet Of(IReadOnlyDictionary<string, string> properties) => properties.Count == 0 ? None : new PropertySet([.. properties]);

    /// <summary>Looks a property up. Events have few: they are compared one after the other.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out string value)
    {
        foreach (var property in _properties)
        {
            if (!string.Equals(property.Key, name, StringComparison.Ordinal)) continue;
            value = property.Value;
            return true;
        }

        value = null;
        return false;
    }
}
