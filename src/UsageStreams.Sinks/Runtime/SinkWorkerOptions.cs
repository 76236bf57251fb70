namespace UsageStreams.Sinks.Runtime;

/// <summary>What a <see cref="SinkWorker{TDocument}"/> reads and writes, and how patient it is.</summary>
public sealed class SinkWorkerOptions
{
    /// <summary>Topic with the documents.</summary>
    public required string Topic { get; init; }

    /// <summary>Topic of the receipts; must be there.</summary>
    public required string ReceiptsTopic { get; init; }

    /// <summary>Consumer group; workers of one group share the partitions.</summary>
    public required string GroupId { get; init; }

    /// <summary>
    /// Name of this worker, unique in its group and the same after a restart: then it is a static member, takes its partitions back at
    /// once and ends its unfinished transaction. Default null: a new member each time.
    /// </summary>
    public string? InstanceName { get; init; }

    /// <summary>Most records read before they are delivered and committed together; 1 to 100,000. Default 1,000.</summary>
    public int MaxRecords { get; init; } = 1_000;

    /// <summary>How long one attempt to deliver a batch may take. Default 60 seconds.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wait before the first repetition, about doubled each time, with jitter. Default 500 ms. A system's Retry-After goes before it.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest such wait. Default 30 seconds.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the system is left alone when most attempts of the last half minute failed; at least 500 ms. Default 15 seconds.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long deliveries under way may go on after the worker was told to stop. Default 20 seconds.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Wait before the Kafka clients are made again after they failed. Default 2 seconds.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromSeconds(2);

    internal SinkWorkerOptions Validated()
    {
        new OptionsCheck("the sink worker")
            .NotEmpty(Topic, nameof(Topic))
            .NotEmpty(ReceiptsTopic, nameof(ReceiptsTopic))
            .NotEmpty(GroupId, nameof(GroupId))
            .Require(Topic != ReceiptsTopic, $"{nameof(Topic)} and {nameof(ReceiptsTopic)} are both '{Topic}'; receipts need a topic of their own")
            .Require(MaxRecords is >= 1 and <= 100_000, $"{nameof(MaxRecords)} is {MaxRecords}; it must be 1 to 100,000")
            .Require(AttemptTimeout >= TimeSpan.FromMilliseconds(10), $"{nameof(AttemptTimeout)} is {AttemptTimeout}; it must be at least 10 ms")
            .Require(RetryDelay > TimeSpan.Zero, $"{nameof(RetryDelay)} is {RetryDelay}; it must be more than zero")
            .Require(MaxRetryDelay >= RetryDelay, $"{nameof(MaxRetryDelay)} is {MaxRetryDelay}; it must be at least {nameof(RetryDelay)}, {RetryDelay}")
            .Require(BreakDuration >= TimeSpan.FromMilliseconds(500), $"{nameof(BreakDuration)} is {BreakDuration}; it must be at least 500 ms")
            .Require(DrainTimeout >= TimeSpan.Zero, $"{nameof(DrainTimeout)} is {DrainTimeout}; it must not be negative")
            .Require(ReconnectDelay >= TimeSpan.Zero, $"{nameof(ReconnectDelay)} is {ReconnectDelay}; it must not be negative")
            .Throw();
        return this;
    }
}
