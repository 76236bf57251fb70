using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>What is logged of the instances' announcements.</summary>
internal static partial class QueryLog
{
    [LoggerMessage(40, LogLevel.Warning, "Could not read topic {Topic}, by which instances tell their tasks; where keys live may be told wrong meanwhile: {Cause}")]
    public static partial void InstancesUnread(this ILogger logger, string topic, string cause);

    [LoggerMessage(41, LogLevel.Warning, "The record at {Position} is not what an instance announces and is left out: somebody else writes to the topic.")]
    public static partial void StrangeAnnouncement(this ILogger logger, string position);
}
