namespace UsageStreams.Model;

/// <summary>A filter made ready: evaluating it allocates nothing.</summary>
internal abstract class FilterNode
{
    public abstract bool Holds(in MetricEvent usage);
}

internal sealed class AllNode(FilterNode[] parts) : FilterNode
{
    public override bool Holds(in MetricEvent usage)
    {
        foreach (var part in parts)
        {
            if (!part.Holds(usage)) return false;
        }

        return true;
    }
}

internal sealed class AnyNode(FilterNode[] parts) : FilterNode
{
    public override bool Holds(in MetricEvent usage)
    {
        foreach (var part in parts)
        {
            if (part.Holds(usage)) return true;
        }

        return false;
    }
}

internal sealed class NotNode(FilterNode inner) : FilterNode
{
    public override bool Holds(in MetricEvent usage) => !inner.Holds(usage);
}

internal sealed class PresenceNode(EventField field, bool known) : FilterNode
{
    public override bool Holds(in MetricEvent usage) => (field.IsNumber ? usage.Quantity is not null : field.TextOf(usage) is not null) == known;
}

internal sealed class TextNode(EventField field, FilterOperator compared, string literal) : FilterNode
{
    public override bool Holds(in MetricEvent usage)
    {
        if (field.TextOf(usage) is not { } text) return false;
        return compared switch
        {
            FilterOperator.Equal => string.Equals(text, literal, StringComparison.Ordinal),
            FilterOperator.NotEqual => !string.Equals(text, literal, StringComparison.Ordinal),
            _ => Order.Fits(compared, string.CompareOrdinal(text, literal)),
        };
    }
}

internal sealed class NumberNode(EventField field, FilterOperator compared, decimal literal) : FilterNode
{
    public override bool Holds(in MetricEvent usage) => NumberOf(field, usage) is { } number && Order.Fits(compared, decimal.Compare(number, literal));

    public static decimal? NumberOf(EventField field, in MetricEvent usage)
    {
        if (field.IsNumber) return usage.Quantity;
        return field.TextOf(usage) is { } text && DecimalText.TryParse(text, out var number) ? number : null;
    }
}

internal sealed class TruthNode(EventField field, bool literal) : FilterNode
{
    public override bool Holds(in MetricEvent usage) => TruthOf(field.TextOf(usage)) == literal;

    public static bool? TruthOf(string? text) => text switch
    {
        not null when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        not null when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        _ => null,
    };
}

internal sealed class TextSetNode(EventField field, HashSet<string> literals) : FilterNode
{
    public override bool Holds(in MetricEvent usage) => field.TextOf(usage) is { } text && literals.Contains(text);
}

internal sealed class NumberSetNode(EventField field, HashSet<decimal> literals) : FilterNode
{
    public override bool Holds(in MetricEvent usage) => NumberNode.NumberOf(field, usage) is { } number && literals.Contains(number);
}

internal sealed class TruthSetNode(EventField field, bool whenTrue, bool whenFalse) : FilterNode
{
    public override bool Holds(in MetricEvent usage) => TruthNode.TruthOf(field.TextOf(usage)) is { } truth && (truth ? whenTrue : whenFalse);
}

/// <summary>What an operator makes of an order.</summary>
internal static class Order
{
    public static bool Fits(FilterOperator compared, int order) => compared switch
    {
        FilterOperator.Equal => order == 0,
        FilterOperator.NotEqual => order != 0,
        FilterOperator.Less => order < 0,
        FilterOperator.LessOrEqual => order <= 0,
        FilterOperator.Greater => order > 0,
        _ => order >= 0,
    };
}
