using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Opens the state directory, and finds out what local state must be compared with.</summary>
internal sealed class LocalStateSetup(Topology topology, StreamsOptions options, IAdminClient admin)
{
    private const string DeleteRetention = "delete.retention.ms";
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <exception cref="StreamsException">The directory can't be used, or the brokers don't say what their topics are.</exception>
    public async Task<(LocalState State, StateDirectory Directory)> OpenAsync()
    {
        StateDirectory directory = StateDirectory.Open(options.StateDirectory!, options.ApplicationId, options.StateSegmentBytes);
        try
        {
            Dictionary<string, string> ids = await TopicIdsAsync();
            return (new LocalState(directory, await TombstoneRetentionAsync(), topic => ids[topic]) { LoadsAside = true }, directory);
        }
        catch (KafkaException e)
        {
            directory.Dispose();
            throw new StreamsException(
                $"Application '{options.ApplicationId}' can't ask {options.Connection} about its topics, which it must to believe its state on disk: {e.Error.Reason}. "
                + $"Give it the rights Describe and DescribeConfigs on them, or leave {nameof(StreamsOptions.StateDirectory)} away.", e);
        }
    }

    private async Task<Dictionary<string, string>> TopicIdsAsync()
    {
        IEnumerable<string> topics = topology.Graphs.Select(g => g.Source.Topic!.Value.Resolve(options.ApplicationId)).Concat(Changelogs()).Distinct(StringComparer.Ordinal);
        DescribeTopicsResult result = await admin.DescribeTopicsAsync(
            TopicCollection.OfTopicNames(topics), new DescribeTopicsOptions { RequestTimeout = RequestTimeout });
        return result.TopicDescriptions.ToDictionary(static t => t.Name, static t => t.TopicId.ToString(), StringComparer.Ordinal);
    }

    private async Task<TimeSpan> TombstoneRetentionAsync()
    {
        ConfigResource[] changelogs = [.. Changelogs().Select(static topic => new ConfigResource { Type = ResourceType.Topic, Name = topic })];
        if (changelogs.Length == 0)
            return TimeSpan.MaxValue;
        List<DescribeConfigsResult> configs = await admin.DescribeConfigsAsync(changelogs, new DescribeConfigsOptions { RequestTimeout = RequestTimeout });
        return TimeSpan.FromMilliseconds(configs.Min(static c => long.Parse(c.Entries[DeleteRetention].Value, CultureInfo.InvariantCulture)));
    }

    private IEnumerable<string> Changelogs() => topology.Graphs
        .SelectMany(static g => g.Stores)
        .Select(s => s.Changelog(options.ApplicationId))
        .OfType<string>();
}
