using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>Follows the instances topic into the directory.</summary>
internal sealed class InstanceReader(ClientFactory clients, InstanceDirectory directory)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly string _topic = TaskAnnouncement.Topic(clients.Options.ApplicationId);

    /// <summary>Reads until <paramref name="stopping"/>, on a thread of its own.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.Factory.StartNew(
        () => Run(stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        using IConsumer<byte[]?, byte[]?> consumer = clients.Reader("instances");
        consumer.Assign(new TopicPartitionOffset(_topic, 0, Offset.Beginning));
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                ConsumeResult<byte[]?, byte[]?>? read = consumer.Consume(Wait);
                if (read is { IsPartitionEOF: false } && !directory.Update(read.Message.Key, read.Message.Value))
                    clients.Logger.StrangeAnnouncement(read.TopicPartitionOffset.ToString());
            }
            catch (KafkaException e)
            {
                // The client goes on by itself where it was; what was announced meanwhile comes late.
                clients.Logger.InstancesUnread(_topic, e.Error.Reason);
                stopping.WaitHandle.WaitOne(Wait);
            }
        }
    }
}
