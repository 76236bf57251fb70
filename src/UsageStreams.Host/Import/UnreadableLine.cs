namespace UsageStreams.Host.Import;

/// <summary>A line that is no event; it goes to <c>usage.rejected</c>.</summary>
/// <param name="LineNumber">Where it stands, from 1.</param>
/// <param name="Reason">Why, for a person.</param>
/// <param name="Bytes">The line as it is, without its end.</param>
internal sealed record UnreadableLine(long LineNumber, string Reason, byte[] Bytes);
