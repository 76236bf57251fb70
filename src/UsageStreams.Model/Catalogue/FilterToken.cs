namespace UsageStreams.Model;

/// <summary>A word or sign of a filter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Column">Where it starts, from 1.</param>
/// <param name="Text">As written; of text and quoted names, what stands between the quotes, unescaped.</param>
/// <param name="Number">Of numbers, which.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, int Column, string Text, decimal Number = 0)
{
    public bool Is(string text) => Kind is FilterTokenKind.Word or FilterTokenKind.Sign && string.Equals(Text, text, StringComparison.Ordinal);

    /// <summary>For errors.</summary>
    public override string ToString() => Kind switch
    {
        FilterTokenKind.End => "the end",
        FilterTokenKind.Text => "the text " + FilterPrinter.Quote(Text),
        FilterTokenKind.Property => $"the property {FilterPrinter.Quote(Text)}",
        _ => $"'{Text}'",
    };
}

/// <summary>Kinds of tokens.</summary>
internal enum FilterTokenKind
{
    End,
    Word,
    Property,
    Text,
    Number,
    Sign,
}
