namespace UsageStreams.Model;

/// <summary>What is wrong with a filter or a value, and where.</summary>
/// <param name="Column">Column of the text, from 1.</param>
/// <param name="Message">What was expected there, what was found, and what to write instead.</param>
public sealed record FilterFault(int Column, string Message)
{
    /// <summary>Both as a sentence: <c>column 8: …</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"column {Column}: {Message}");
}

/// <summary>Ends the reading of a filter at its first fault; it never leaves the types that read.</summary>
internal sealed class FilterFaultException(int column, string message) : Exception(message)
{
    public FilterFault Fault { get; } = new(column, message);
}
