using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Looks at the topics before the start, and makes those that are the application's own.</summary>
internal sealed class TopicSetup(Topology topology, StreamsOptions options, IAdminClient admin, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task<TopicLayout> EnsureAsync(CancellationToken cancellationToken)
    {
        var layout = new TopicLayout(topology, options.ApplicationId, Existing());
        IReadOnlyList<string> missing = layout.Missing();
        if (missing.Count > 0)
        {
            throw new StreamsException(
                $"Application '{options.ApplicationId}' can't start on {options.Connection}: there is no topic {string.Join(", ", missing)}. "
                + "Create the topics, with their partitions and retention on purpose, and start again.");
        }

        IReadOnlyList<InternalTopic> topics = [.. layout.Create(), .. layout.CreateInstances(options)];
        if (topics.Count > 0)
        {
            await CreateAsync(topics);
            await SettleAsync(topics, cancellationToken);
        }

        return layout;
    }

    private Dictionary<string, int> Existing()
    {
        Metadata metadata = admin.GetMetadata(RequestTimeout);
        return metadata.Topics
            .Where(static t => !t.Error.IsError && t.Partitions.Count > 0)
            .ToDictionary(static t => t.Topic, static t => t.Partitions.Count, StringComparer.Ordinal);
    }

    private async Task CreateAsync(IReadOnlyList<InternalTopic> topics)
    {
        IEnumerable<TopicSpecification> specifications = topics.Select(t => new TopicSpecification
        {
            Name = t.Name,
            NumPartitions = t.Partitions,
            ReplicationFactor = options.ReplicationFactor,
            Configs = t.Settings(),
        });
        try
        {
            await admin.CreateTopicsAsync(specifications, new CreateTopicsOptions { RequestTimeout = RequestTimeout });
        }
        catch (CreateTopicsException e)
        {
            CreateTopicReport[] refused = [.. e.Results.Where(static r => r.Error.IsError && r.Error.Code != ErrorCode.TopicAlreadyExists)];
            if (refused.Length > 0)
            {
                string causes = string.Join("; ", refused.Select(static r => $"'{r.Topic}': {r.Error.Reason} ({r.Error.Code})"));
                throw new StreamsException(
                    $"Application '{options.ApplicationId}' can't make its internal topics on {options.Connection}: {causes}. "
                    + $"Give it the right to create topics beginning with '{options.ApplicationId}-', and check {nameof(StreamsOptions.ReplicationFactor)}.", e);
            }
        }

        foreach (InternalTopic topic in topics)
            logger.TopicCreated(topic.Name, topic.Partitions);
    }

    /// <summary>Waits until the brokers know the new topics, so that the first fetch does not fail.</summary>
    private async Task SettleAsync(IReadOnlyList<InternalTopic> topics, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        while (true)
        {
            Dictionary<string, int> existing = Existing();
            string[] waiting = [.. topics.Select(static t => t.Name).Where(t => !existing.ContainsKey(t))];
            if (waiting.Length == 0)
                return;
            if (clock.GetElapsedTime(start) > RequestTimeout)
                throw new StreamsException($"The brokers made {string.Join(", ", waiting)} and do not show them after {RequestTimeout}. Check the cluster's health.");
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }
}
