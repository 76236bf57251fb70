using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Host.Import;

/// <summary>A format with an event on each line.</summary>
internal interface ILineFormat
{
    /// <summary>Its name on the command line and in the progress record.</summary>
    string Name { get; }

    /// <summary>Reads a line. False with the reason, for a person, when it is no event; never throws.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="lineNumber">Where it stands, from 1.</param>
    /// <param name="source">Name of the imported source.</param>
    /// <param name="imported">The event.</param>
    /// <param name="reason">Why there is none.</param>
    bool TryRead(ReadOnlySpan<byte> line, long lineNumber, string source, out ImportedEvent imported, [NotNullWhen(false)] out string? reason);
}
