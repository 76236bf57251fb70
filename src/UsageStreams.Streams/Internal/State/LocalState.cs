namespace UsageStreams.Streams.Internal.State;

/// <summary>Where an instance keeps state beside its tasks, and what it must know of topics to believe it.</summary>
/// <param name="Folders">The folders.</param>
/// <param name="TombstoneRetention">How long the changelogs keep deletions, the shortest of all.</param>
/// <param name="TopicId">What tells a topic from a later one of the same name.</param>
internal sealed record LocalState(IStateFolders Folders, TimeSpan TombstoneRetention, Func<string, string> TopicId)
{
    /// <summary>Whether logs are loaded on a thread of their own, while the tasks' thread goes on.</summary>
    public bool LoadsAside { get; init; }
}
