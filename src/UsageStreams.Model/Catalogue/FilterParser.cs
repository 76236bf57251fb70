namespace UsageStreams.Model;

/// <summary>
/// Reads a filter by recursive descent with one token of look-ahead, so that its work grows with the text's length alone:
/// <c>or</c> of <c>and</c> of <c>not</c> of a comparison or parentheses. Kinds are checked while reading.
/// </summary>
internal sealed class FilterParser
{
    private readonly FilterLexer _lexer;
    private FilterToken _next;
    private int _depth;

    private FilterParser(string text)
    {
        _lexer = new FilterLexer(text);
        _next = _lexer.Next();
    }

    /// <exception cref="FilterFaultException">The text is no filter.</exception>
    public static FilterExpression Parse(string text)
    {
        var parser = new FilterParser(text);
        var expression = parser.Or();
        if (parser._next.Kind == FilterTokenKind.End) return expression;
        throw Fault(parser._next, parser._next.Is("=") || parser._next.Is("in")
            ? $"expected 'and', 'or' or the end, found {parser._next}; a comparison is NAME OPERATOR LITERAL, once"
            : $"expected 'and', 'or' or the end, found {parser._next}; join two conditions with and, or");
    }

    /// <summary>Reads a field and nothing else.</summary>
    /// <exception cref="FilterFaultException">The text is none.</exception>
    public static EventField ParseField(string text)
    {
        var parser = new FilterParser(text);
        var field = parser.Field();
        return parser._next.Kind == FilterTokenKind.End ? field : throw Fault(parser._next, $"expected the end, found {parser._next}; name one field and nothing else");
    }

    private FilterExpression Or()
    {
        var first = And();
        if (!_next.Is("or")) return first;
        var parts = new List<FilterExpression> { first };
        while (Skip("or")) parts.Add(And());
        return new AnyOf([.. parts]);
    }

    private FilterExpression And()
    {
        var first = Opposite();
        if (!_next.Is("and")) return first;
        var parts = new List<FilterExpression> { first };
        while (Skip("and")) parts.Add(Opposite());
        return new AllOf([.. parts]);
    }

    private FilterExpression Opposite()
    {
        if (!_next.Is("not") && !_next.Is("(")) return Condition();
        if (++_depth > EventFilter.MostDepth)
            throw Fault(_next, $"parentheses and not may lie {EventFilter.MostDepth} deep, here they go deeper; write the filter flatter");
        var inner = Skip("not") ? new Not(Opposite()) : Parenthesised();
        _depth--;
        return inner;
    }

    private FilterExpression Parenthesised()
    {
        var opened = Take();
        var inner = Or();
        return Skip(")") ? inner : throw Fault(_next, $"expected 'and', 'or' or ')' for the '(' of column {opened.Column}, found {_next}; close the parenthesis");
    }

    private FilterExpression Condition()
    {
        var field = Field();
        if (Skip("is")) return new Presence(field, Known());
        if (Skip("in")) return new Membership(field, Literals(field));
        var compared = Operator();
        return new Comparison(field, compared, Literal(field, ordered: compared is not (FilterOperator.Equal or FilterOperator.NotEqual)));
    }

    private EventField Field()
    {
        var token = Take();
        if (token.Kind == FilterTokenKind.Property) return EventField.OfProperty(token.Text);
        if (token.Kind == FilterTokenKind.Word && EventField.TryOf(token.Text, out var field)) return field;
        throw Fault(token, token.Text is "tenant" or "time" or "id" && token.Kind == FilterTokenKind.Word
            ? $"a metric can't look at an event's {token.Text}; for a property of that name write properties.{token.Text}"
            : $"expected type, source, user, workspace, product, quantity or a property, found {token}; the name stands left, the literal right");
    }

    private bool Known()
    {
        if (Skip("known")) return true;
        return Skip("unknown") ? false : throw Fault(_next, $"expected 'known' or 'unknown' behind 'is', found {_next}; compare with = otherwise");
    }

    private FilterOperator Operator()
    {
        var token = Take();
        return token.Kind != FilterTokenKind.Sign ? throw NoOperator(token) : token.Text switch
        {
            "=" => FilterOperator.Equal,
            "!=" => FilterOperator.NotEqual,
            "<" => FilterOperator.Less,
            "<=" => FilterOperator.LessOrEqual,
            ">" => FilterOperator.Greater,
            ">=" => FilterOperator.GreaterOrEqual,
            _ => throw NoOperator(token),
        };
    }

    private FilterLiteral[] Literals(EventField field)
    {
        if (!Skip("(")) throw Fault(_next, $"expected '(' behind 'in', found {_next}; write in (A, B)");
        var literals = new List<FilterLiteral> { Literal(field, ordered: false) };
        while (Skip(","))
        {
            var column = _next;
            literals.Add(Literal(field, ordered: false));
            if (literals[^1].Kind != literals[0].Kind) throw Fault(column, "all literals of an 'in' must be of one kind; split it into two, joined by or");
        }

        return Skip(")") ? [.. literals] : throw Fault(_next, $"expected ',' or ')', found {_next}; close the list");
    }

    private FilterLiteral Literal(EventField field, bool ordered)
    {
        var token = Take();
        var literal = token switch
        {
            { Kind: FilterTokenKind.Text } => FilterLiteral.Of(token.Text),
            { Kind: FilterTokenKind.Number } => FilterLiteral.Of(token.Number),
            { Kind: FilterTokenKind.Word, Text: "true" or "false" } => FilterLiteral.Of(token.Text == "true"),
            _ => throw Fault(token, $"expected a literal, found {token}; write text in double quotes, a number, true or false"),
        };
        if (field.IsNumber && literal.Kind != FilterKind.Number) throw Fault(token, $"{field} is a number, and {token} is none; compare it with a number");
        if (field.Kind != EventFieldKind.Property && !field.IsNumber && literal.Kind != FilterKind.Text)
            throw Fault(token, $"{field} is text, and {token} is none; write \"{token.Text}\"");
        if (ordered && literal.Kind == FilterKind.Truth) throw Fault(token, "true and false have no order; compare with = or !=");
        return literal;
    }

    private FilterToken Take()
    {
        var token = _next;
        _next = _lexer.Next();
        return token;
    }

    private bool Skip(string text)
    {
        if (!_next.Is(text)) return false;
        Take();
        return true;
    }

    private static FilterFaultException NoOperator(FilterToken token) => Fault(token, token.Is("not")
        ? "expected = != < <= > >= in is, found 'not'; write not in front of the whole condition: not NAME in (…)"
        : $"expected = != < <= > >= in is, found {token}; a comparison is NAME OPERATOR LITERAL");

    private static FilterFaultException Fault(FilterToken token, string message) => new(token.Column, message);
}
