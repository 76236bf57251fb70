using UsageStreams.Model;

namespace UsageStreams.Host.Explain;

/// <summary>The outcomes of events in words that people type and programs keep.</summary>
internal static class EventWords
{
    /// <summary>The word, such as <c>late-rejected</c>.</summary>
    public static string Of(EventOutcome outcome) => outcome == EventOutcome.LateRejected ? "late-rejected" : outcome.ToString().ToLowerInvariant();
}
