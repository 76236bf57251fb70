using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

/// <summary>Random filters and events by seed, against a walk over the expression that shares no code with what is compiled.</summary>
public sealed class EventFilterPropertyTests
{
    private static readonly string[] Names = ["status", "region", "a b", "user", "in", "properties", "properties.x", "x-y.z", "é", ""];
    private static readonly string[] Texts = ["", "200", "200.0", "2e2", " 200 ", "-1", "0.5", "true", "FALSE", "eu", "us", "\"", "\\", "\n", "\u0000", "\ud800", "é", "99999999999999999999999999999999"];
    private static readonly decimal[] Numbers = [0, 1, -1, 200, 200.0m, 0.5m, 0.000000001m, 9999999999999999999999999999m];

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_compiled_judges_as_a_walk_over_the_expression_and_reads_back_as_it_was_printed(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var expression = Expression(random, 3);
            var printed = FilterPrinter.Print(expression);
            var read = EventFilter.Parse(printed);
            read.Expression.ShouldBe(expression, printed);
            read.ToString().ShouldBe(printed);
            for (var j = 0; j < 10; j++)
            {
                var usage = Event(random);
                read.Holds(usage).ShouldBe(Walk(expression, usage), printed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_text_ends_in_anything_but_a_filter_or_a_fault_within_it(int seed)
    {
        var random = new Random(seed);
        string[] pieces = ["status", "and", "or", "not", "(", ")", "=", "<", "in", "is", "known", ",", "\"", "\\", "'", "5", "-", ".", "properties.", " ", "!", "quantity", "é", "true"];
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)] + (random.Next(2) == 0 ? " " : "")));
            if (!EventFilter.TryParse(text, out _, out var fault)) fault!.Column.ShouldBeInRange(1, text.Length + 1, text);
        }
    }

    private static FilterExpression Expression(Random random, int depth) => random.Next(depth == 0 ? 3 : 6) switch
    {
        0 => new Presence(Field(random), random.Next(2) == 0),
        1 => Comparison(random),
        2 => Membership(random),
        3 => new Not(Expression(random, depth - 1)),
        4 => new AllOf([.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Expression(random, depth - 1))]),
        _ => new AnyOf([.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Expression(random, depth - 1))]),
    };

    private static Comparison Comparison(Random random)
    {
        var field = Field(random);
        var literal = Literal(random, KindFor(random, field));
        return new Comparison(field, (FilterOperator)random.Next(literal.Kind == FilterKind.Truth ? 2 : 6), literal);
    }

    private static Membership Membership(Random random)
    {
        var field = Field(random);
        var kind = KindFor(random, field);
        return new Membership(field, [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Literal(random, kind))]);
    }

    private static FilterKind KindFor(Random random, EventField field) => field.Kind switch
    {
        EventFieldKind.Quantity => FilterKind.Number,
        EventFieldKind.Property => (FilterKind)random.Next(3),
        _ => FilterKind.Text,
    };

    private static FilterLiteral Literal(Random random, FilterKind kind) => kind switch
    {
        FilterKind.Text => FilterLiteral.Of(Texts[random.Next(Texts.Length)]),
        FilterKind.Number => FilterLiteral.Of(Numbers[random.Next(Numbers.Length)]),
        _ => FilterLiteral.Of(random.Next(2) == 0),
    };

    private static EventField Field(Random random) => random.Next(8) is var kind and < 6
        ? new EventField((EventFieldKind)kind, "")
        : EventField.OfProperty(Names[random.Next(Names.Length)]);

    private static MetricEvent Event(Random random) => new(
        Text(random), Text(random), "t", random.Next(3) == 0 ? null : Text(random), random.Next(3) == 0 ? null : Text(random), Text(random), 0,
        random.Next(3) == 0 ? null : Numbers[random.Next(Numbers.Length)],
        new PropertySet([.. Names.Where(_ => random.Next(2) == 0).Select(name => KeyValuePair.Create(name, Text(random)))]));

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];

    private static bool Walk(FilterExpression expression, MetricEvent usage) => expression switch
    {
        AllOf all => all.Parts.All(part => Walk(part, usage)),
        AnyOf any => any.Parts.Any(part => Walk(part, usage)),
        Not not => !Walk(not.Inner, usage),
        Presence presence => presence.Known == (ValueOf(presence.Field, usage) is not null),
        Comparison comparison => Compare(ValueOf(comparison.Field, usage), comparison.Operator, comparison.Literal),
        Membership membership => membership.Literals.Any(literal => Compare(ValueOf(membership.Field, usage), FilterOperator.Equal, literal)),
        _ => throw new InvalidOperationException(expression.GetType().Name),
    };

    private static object? ValueOf(EventField field, MetricEvent usage) => field.Kind switch
    {
        EventFieldKind.Type => usage.Type,
        EventFieldKind.Source => usage.Source,
        EventFieldKind.User => usage.User,
        EventFieldKind.Workspace => usage.Workspace,
        EventFieldKind.Product => usage.Product,
        EventFieldKind.Quantity => usage.Quantity,
        _ => usage.Properties.TryGet(field.Property, out var value) ? value : null,
    };

    private static bool Compare(object? value, FilterOperator compared, FilterLiteral literal)
    {
        int order;
        switch (literal.Kind)
        {
            case FilterKind.Text when value is string text:
                order = StringComparer.Ordinal.Compare(text, literal.Text);
                break;
            case FilterKind.Number when (value as decimal? ?? Parsed(value as string)) is { } number:
                order = number.CompareTo(literal.Number);
                break;
            case FilterKind.Truth when bool.TryParse((value as string)?.Trim() == value as string ? value as string : null, out var truth):
                order = truth.CompareTo(literal.Truth);
                break;
            default:
                return false;
        }

        return compared switch
        {
            FilterOperator.Equal => order == 0,
            FilterOperator.NotEqual => order != 0,
            FilterOperator.Less => order < 0,
            FilterOperator.LessOrEqual => order <= 0,
            FilterOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static decimal? Parsed(string? text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
