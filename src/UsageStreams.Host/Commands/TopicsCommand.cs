using System.CommandLine;
using UsageStreams.Host.Kafka;
using UsageStreams.Topology;

namespace UsageStreams.Host.Commands;

/// <summary><c>topics</c>: what the topics are, and their creation.</summary>
internal static class TopicsCommand
{
    public static Command Describe() => new("topics", """
        List the topics, or create those that are missing and register their schemas.
        Example: usagestreams topics create --bootstrap kafka:9092 --registry http://registry:8081 --partitions 12
        """)
    {
        DescribeList(),
        DescribeCreate(),
    };

    private static Command DescribeList()
    {
        var common = new CommonOptions();
        var command = new Command("list", "List the topics with key, partitions, retention and schema; asks nobody");
        common.AddTo(command);
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"{"topic",-26}{"key",-24}{"partitions",-12}{"retention",-11}value");
            foreach (var topic in TopicCatalogue.All(common.Topics(parsed)))
                output.WriteLine(FormattableString.Invariant($"{topic.Name,-26}{topic.Key,-24}{topic.Partitions,-12}{topic.Retention,-11}{topic.Subject}"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command DescribeCreate()
    {
        var partitions = new Option<int>("--partitions")
        {
            Description = "Partitions of the topics that are partitioned by tenant or account", DefaultValueFactory = static _ => TopicCatalogue.DefaultPartitions,
        };
        partitions.Between(1, 1000);
        var common = new CommonOptions();
        var command = new Command("create", "Create the topics that are missing and register all schemas") { partitions };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var session = await KafkaSession.OpenAsync(common.Access(parsed)!, cancellation);
            var created = await session.CreateTopicsAsync(parsed.GetValue(partitions), cancellation);
            var output = parsed.InvocationConfiguration.Output;
            foreach (var topic in created)
                await output.WriteLineAsync("created " + topic);
            if (created.Count == 0)
                await output.WriteLineAsync("all topics are there; the schemas are registered");
            return ExitCodes.Done;
        });
        return command;
    }
}
