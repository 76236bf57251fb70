using System.Globalization;

namespace UsageStreams.Host.Reference.Import;

/// <summary>Where a record comes from: a line of a file, or a topic, which has no lines.</summary>
/// <param name="Source">The file as given, or the topic's name.</param>
/// <param name="Line">Line of the file, from 1; 0 for a topic.</param>
internal readonly record struct Place(string Source, long Line)
{
    /// <summary>Whether it is a line of a file of this import.</summary>
    public bool IsFile => Line > 0;

    /// <inheritdoc />
    public override string ToString() => IsFile ? string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}") : Source;
}
