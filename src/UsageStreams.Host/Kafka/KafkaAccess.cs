using Confluent.Kafka;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Host.Kafka;

/// <summary>How to reach Kafka and the registry, and what the topics are called there.</summary>
/// <param name="Connection">Where Kafka is and how to sign in.</param>
/// <param name="Registry">Base URL of the schema registry.</param>
/// <param name="Topics">The topics' names.</param>
internal sealed record KafkaAccess(KafkaConnection Connection, Uri Registry, UsageTopics Topics)
{
    /// <summary>Kafka's addresses.</summary>
    public string Bootstrap => Connection.BootstrapServers;

    /// <summary>Where the registry lists its subjects, for a person to look at: below its base URL, and without credentials.</summary>
    public string SubjectsUrl => Registry.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + "/subjects";

    /// <summary>Settings of a consumer that is assigned partitions by hand and reports their ends. Nothing is ever committed under its group.</summary>
    public ConsumerConfig Reader()
    {
        var config = Connection.ConsumerConfig(Topics.Prefix + "usagestreams-reader");
        config.EnablePartitionEof = true;
        return config;
    }

    /// <summary>Settings of a transactional producer. Keys choose partitions as in Kafka's Java client.</summary>
    public ProducerConfig Producer(string transactionalId)
    {
        var config = Connection.ProducerConfig(Topics.HomePrefix + transactionalId);
        // Delivery reports are not asked for one by one: a commit fails when any record did.
        config.DeliveryReportFields = "none";
        return config;
    }
}
