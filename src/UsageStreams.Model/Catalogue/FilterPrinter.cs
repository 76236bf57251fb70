using System.Globalization;
using System.Text;

namespace UsageStreams.Model;

/// <summary>Writes a filter so that reading it gives the same expression: single blanks, parentheses only where they are needed.</summary>
internal static class FilterPrinter
{
    public static string Print(FilterExpression expression)
    {
        var text = new StringBuilder();
        Append(text, expression);
        return text.ToString();
    }

    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text) AppendEscaped(quoted, character);
        return quoted.Append('"').ToString();
    }

    public static string Symbol(FilterOperator compared) => compared switch
    {
        FilterOperator.Equal => "=",
        FilterOperator.NotEqual => "!=",
        FilterOperator.Less => "<",
        FilterOperator.LessOrEqual => "<=",
        FilterOperator.Greater => ">",
        _ => ">=",
    };

    private static void Append(StringBuilder text, FilterExpression expression)
    {
        switch (expression)
        {
            case AllOf all:
                AppendGroup(text, all, " and ");
                break;
            case AnyOf any:
                AppendGroup(text, any, " or ");
                break;
            case Not not:
                text.Append("not ");
                AppendPart(text, not.Inner, not.Inner is FilterGroup);
                break;
            case Presence presence:
                text.Append(presence.Field).Append(presence.Known ? " is known" : " is unknown");
                break;
            case Comparison comparison:
                text.Append(comparison.Field).Append(' ').Append(Symbol(comparison.Operator)).Append(' ');
                Append(text, comparison.Literal);
                break;
            case Membership membership:
                AppendMembership(text, membership);
                break;
            default:
                throw new ModelException($"{expression.GetType().Name} can't be printed; add it to FilterPrinter.");
        }
    }

    private static void AppendGroup(StringBuilder text, FilterGroup group, string word)
    {
        for (var i = 0; i < group.Parts.Length; i++)
        {
            if (i > 0) text.Append(word);
            // "and" binds before "or"; a group within one of its own kind was written in parentheses.
            AppendPart(text, group.Parts[i], group.Parts[i] is AnyOf || (group is AllOf && group.Parts[i] is AllOf));
        }
    }

    private static void AppendPart(StringBuilder text, FilterExpression part, bool inParentheses)
    {
        if (inParentheses) text.Append('(');
        Append(text, part);
        if (inParentheses) text.Append(')');
    }

    private static void AppendMembership(StringBuilder text, Membership membership)
    {
        text.Append(membership.Field).Append(" in (");
        for (var i = 0; i < membership.Literals.Length; i++)
        {
            if (i > 0) text.Append(", ");
            Append(text, membership.Literals[i]);
        }

        text.Append(')');
    }

    private static void Append(StringBuilder text, in FilterLiteral literal) => text.Append(literal.Kind switch
    {
        FilterKind.Text => Quote(literal.Text),
        FilterKind.Number => literal.Number.ToString(CultureInfo.InvariantCulture),
        _ => literal.Truth ? "true" : "false",
    });

    private static void AppendEscaped(StringBuilder quoted, char character)
    {
        if (character is '"' or '\\') quoted.Append('\\').Append(character);
        else if (char.IsControl(character) || char.IsSurrogate(character)) quoted.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
        else quoted.Append(character);
    }
}
