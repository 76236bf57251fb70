using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Model;

/// <summary>
/// Which events a metric takes: an expression over the event such as <c>status &gt;= 200 and status &lt; 400 and region in ("eu", "us")</c>.
/// The language is described in docs/catalogue.md. A filter is compiled once and shared by threads; judging an event allocates nothing.
/// </summary>
/// <remarks>
/// There are two truth values, not three: a comparison with a field that the event doesn't have, or that is no number where a number is asked for,
/// is false, whatever the operator; <c>not</c> makes it true.
/// </remarks>
public sealed class EventFilter
{
    /// <summary>Longest text of a filter, in characters.</summary>
    public const int MostLength = 4096;

    /// <summary>How deep parentheses and <c>not</c> may lie within each other.</summary>
    public const int MostDepth = 32;

    private readonly FilterNode _node;
    private readonly string _text;

    private EventFilter(FilterExpression expression)
    {
        Expression = expression;
        _node = FilterCompiler.Compile(expression);
        _text = FilterPrinter.Print(expression);
    }

    private EventFilter()
    {
        Expression = new AllOf();
        _node = new AllNode([]);
        _text = string.Empty;
    }

    /// <summary>Takes every event; its text is empty.</summary>
    public static EventFilter All { get; } = new();

    internal FilterExpression Expression { get; }

    /// <summary>Reads a filter.</summary>
    /// <param name="text">The filter; empty or blank takes every event.</param>
    /// <param name="filter">The filter; null when there is a fault.</param>
    /// <param name="fault">The first fault; null when there is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out EventFilter? filter, [NotNullWhen(false)] out FilterFault? fault)
    {
        (filter, fault) = (null, null);
        try
        {
            filter = Read(text);
            return true;
        }
        catch (FilterFaultException error)
        {
            fault = error.Fault;
            return false;
        }
    }

    /// <summary>Reads a filter.</summary>
    /// <exception cref="ModelException">The text is no filter; the message names the column, what was expected and the next step.</exception>
    public static EventFilter Parse(string text) =>
        TryParse(text, out var filter, out var fault) ? filter : throw new ModelException($"The filter '{Shown(text)}' can't be read, {fault}.");

    /// <summary>Whether the filter takes an event.</summary>
    public bool Holds(in MetricEvent usage) => _node.Holds(usage);

    /// <summary>The filter as text: reading it gives the same filter.</summary>
    public override string ToString() => _text;

    private static EventFilter Read(string text)
    {
        if (text.Length > MostLength) throw new FilterFaultException(MostLength + 1, $"a filter has at most {MostLength} characters, this one has {text.Length}; write it shorter, or as two metrics");
        return string.IsNullOrWhiteSpace(text) ? All : new EventFilter(FilterParser.Parse(text));
    }

    private static string Shown(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
