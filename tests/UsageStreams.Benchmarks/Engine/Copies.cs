using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>The engine as a copy, exactly once.</summary>
internal sealed class EngineCopy(EngineLoad load, string input, string output) : ICopy
{
    private readonly KafkaStreams _streams = new(
        EngineTopologies.Copy(input, output), new StreamsOptions { ApplicationId = load.Application(output), Connection = load.Connection });

    public async Task StartAsync()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _streams.StateChanged += change =>
        {
            if (change.New == StreamsState.Running) running.TrySetResult();
        };
        await _streams.StartAsync();
        await Task.WhenAny(running.Task, _streams.Completion);
        if (_streams.Completion.IsFaulted) await _streams.Completion;
    }

    public ValueTask DisposeAsync() => _streams.DisposeAsync();
}

/// <summary>What a user of Confluent.Kafka writes who is content with at least once.</summary>
internal sealed class CopyLoop(EngineLoad load, string input, string output) : ICopy
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public Task StartAsync()
    {
        _loop = Task.Factory.StartNew(Run, TaskCreationOptions.LongRunning);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private void Run()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(load.Connection.ConsumerConfig(load.Application(output))).Build();
        using var producer = new ProducerBuilder<byte[], byte[]>(load.Connection.ProducerConfig()).Build();
        consumer.Assign(Enumerable.Range(0, EngineLoad.Partitions).Select(partition => new TopicPartitionOffset(input, partition, Offset.Beginning)));
        while (!_stopping.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record)
                producer.Produce(output, new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value });
        }

        producer.Flush();
    }
}
