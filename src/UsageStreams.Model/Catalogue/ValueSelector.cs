using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Model;

/// <summary>
/// What of an event a metric aggregates: <c>quantity</c>, <c>user</c>, <c>workspace</c> or <c>properties.NAME</c>. An event that lacks it has no value.
/// </summary>
public sealed class ValueSelector
{
    // What the model's decimals hold: 28 digits, 9 of them behind the point.
    private const int Scale = 9;
    private const decimal Limit = 1e19m;

    private readonly EventField _field;

    private ValueSelector(EventField field) => _field = field;

    /// <summary>Whether it can be a number: the quantity and properties can.</summary>
    public bool CanBeNumber => _field.Kind is EventFieldKind.Quantity or EventFieldKind.Property;

    /// <summary>Whether it can be a member of a set: all but the quantity can.</summary>
    public bool CanBeMember => !_field.IsNumber;

    /// <summary>Reads a selector.</summary>
    /// <param name="text">The selector.</param>
    /// <param name="selector">The selector; null when there is a fault.</param>
    /// <param name="fault">What is wrong; null when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ValueSelector? selector, [NotNullWhen(false)] out FilterFault? fault)
    {
        (selector, fault) = (null, null);
        try
        {
            selector = new ValueSelector(Read(text));
            return true;
        }
        catch (FilterFaultException error)
        {
            fault = error.Fault;
            return false;
        }
    }

    /// <summary>Reads a selector.</summary>
    /// <exception cref="ModelException">The text is none.</exception>
    public static ValueSelector Parse(string text) =>
        TryParse(text, out var selector, out var fault) ? selector : throw new ModelException($"The value '{text}' can't be read, {fault}.");

    /// <summary>
    /// The value as a number. A property is rounded to the nine digits behind the point that the ledger holds, a half away from zero.
    /// </summary>
    /// <returns>False when the event has no such value, or it is no number, or its absolute value is 10^19 or more.</returns>
    public bool TryNumber(in MetricEvent usage, out decimal number)
    {
        number = default;
        if (!CanBeNumber || NumberNode.NumberOf(_field, usage) is not { } found || Math.Abs(found) >= Limit) return false;
        number = Math.Round(found, Scale, MidpointRounding.AwayFromZero);
        return true;
    }

    /// <summary>The value as a member of a set.</summary>
    /// <returns>False when the event has no such value.</returns>
    public bool TryMember(in MetricEvent usage, [NotNullWhen(true)] out string? member)
    {
        member = CanBeMember ? _field.TextOf(usage) : null;
        return member is not null;
    }

    /// <summary>The selector as text.</summary>
    public override string ToString() => _field.Kind != EventFieldKind.Property ? _field.ToString()
        : EventField.PropertyPrefix + (EventField.IsPlain(_field.Property) ? _field.Property : FilterPrinter.Quote(_field.Property));

    private static EventField Read(string text)
    {
        var field = FilterParser.ParseField(text);
        var named = field.Kind != EventFieldKind.Property || text.TrimStart().StartsWith(EventField.PropertyPrefix, StringComparison.Ordinal);
        return named && field.Kind is EventFieldKind.Quantity or EventFieldKind.User or EventFieldKind.Workspace or EventFieldKind.Property
            ? field
            : throw new FilterFaultException(1, $"expected quantity, user, workspace or properties.NAME, found '{text}'; a property needs 'properties.' before its name");
    }
}
