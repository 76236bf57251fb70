using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams;

/// <summary>How an application runs.</summary>
public sealed record StreamsOptions
{
    /// <summary>
    /// Name of the application: its consumer group, and the prefix of its internal topics and transactional ids. Letters, digits, '.', '_', '-'.
    /// </summary>
    public required string ApplicationId { get; init; }

    /// <summary>Where Kafka is.</summary>
    public required KafkaConnection Connection { get; init; }

    /// <summary>
    /// A name that this instance keeps over restarts, or null. With a name the group remembers the instance, a restart takes its partitions
    /// back at once, and a transaction left open is aborted at once rather than after <see cref="TransactionTimeout"/>.
    /// Two running instances must not share it.
    /// </summary>
    public string? InstanceId { get; init; }

    /// <summary>What holds for output and state after a failure; default <see cref="ProcessingGuarantee.ExactlyOnce"/>.</summary>
    public ProcessingGuarantee Guarantee { get; init; } = ProcessingGuarantee.ExactlyOnce;

    /// <summary>Time from the end of a commit to the start of the next; default 100 ms, at least 1 ms.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The same while more input is waiting than one batch takes; default 1 s, never above a quarter of <see cref="TransactionTimeout"/>. Whoever is
    /// behind gains nothing by committing often, and a commit writes each changed key once however often it changed. Up to
    /// <see cref="CommitInterval"/> it has no effect.
    /// </summary>
    public TimeSpan CatchUpCommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a task whose input is read to its end is no longer waited for; default 30 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Replicas of internal topics; default -1, the broker's own default.</summary>
    public short ReplicationFactor { get; init; } = -1;

    /// <summary>Threads, each with a consumer, a producer, and its part of the tasks; default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Time after which the broker aborts a transaction that its owner left open; default 10 s. Readers of committed records wait that long
    /// for a worker that was killed and did not come back.
    /// </summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without a heartbeat after which the group gives a worker's partitions to others; default 10 s.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time that a thread may spend on one batch of records before the group gives its partitions to others; default 5 min, as Kafka's
    /// <c>max.poll.interval.ms</c>. Waiting for a full output queue does not count. A thread that gets nowhere for twice as long is not live.
    /// </summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Bytes that the clients of one thread hold at most; default 512 MiB, at least 8 MiB. Half is for output that is not acknowledged, a sixteenth for
    /// input that is read ahead, as much for the answer of a broker that is under way, and again as much for what is read of changelogs and of tables.
    /// The rest is for what clients need beside a record's bytes. At the bound reading waits, and so does a thread that writes. Stores come on top.
    /// </summary>
    public long BufferBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Decides about a thread that failed for good. Called on a thread of the pool; must not block. Default null: the application stops, as
    /// with <see cref="UncaughtExceptionDecision.ShutdownClient"/>. What passes by itself never comes here: the thread begins anew.
    /// </summary>
    public Func<UncaughtException, UncaughtExceptionDecision>? UncaughtExceptionHandler { get; init; }

    /// <summary>
    /// Threads that are replaced within <see cref="ThreadReplacementInterval"/> at most, all together; default 5. The next that dies stops the application.
    /// </summary>
    public int MaxThreadReplacements { get; init; } = 5;

    /// <summary>See <see cref="MaxThreadReplacements"/>; default 5 min.</summary>
    public TimeSpan ThreadReplacementInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Bound on the drain when the application is stopped; default 30 s. Past it threads that still run commit no more: what they have in hand is
    /// aborted when they come back, or by the broker, and is read again by the next start.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between deletions of what was read of repartition topics; default 30 s.</summary>
    public TimeSpan RepartitionPurgeInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Where other instances ask this one, <c>host:port</c>, or null (default). Given it, the instances tell each other which tasks they run, by the
    /// topic <c>&lt;application&gt;-instances</c>, and <see cref="KafkaStreams.QueryMetadataForKey"/> answers where a key lives. The engine does
    /// not listen there: it is the application that answers. Set it on every instance or on none.
    /// </summary>
    public string? ApplicationServer { get; init; }

    /// <summary>Within the bounds of the other options.</summary>
    internal TimeSpan LongestCommitInterval => CatchUpCommitInterval < TransactionTimeout / 4 ? CatchUpCommitInterval : TransactionTimeout / 4;

    internal BufferShares Buffers => new(BufferBytes);

    /// <summary>
    /// Folder in which the instance keeps the committed state of its tasks, so that a restart reads only the tail of the changelogs; null, the
    /// default, for none. Stores on disk need it. What is in it may be deleted while nothing runs: Kafka has everything. Each instance on a
    /// machine needs its own.
    /// </summary>
    public string? StateDirectory { get; init; }

    /// <summary>
    /// Whether the instance follows the changelogs of the tasks that it does not run, so that it has next to nothing to restore when it gets one;
    /// default false. It holds the state of all tasks then, and has one thread: run more instances instead.
    /// Stores that are restored from the input are not followed.
    /// </summary>
    public bool Standby { get; init; }

    /// <summary>Size at which a file of the state directory is full, bytes.</summary>
    internal int StateSegmentBytes { get; init; } = 64 << 20;

    /// <summary>Time between two questions where the changelogs end, beyond which a restart must read.</summary>
    internal TimeSpan ChangelogEndsInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two publications of what threads counted: one costs more than a small batch.</summary>
    internal TimeSpan PublishInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Called before each step of a commit: where the integration tests break it.</summary>
    internal Action<CommitStep>? BeforeCommitStep { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="StreamsOptionsException">Some are wrong: all are named.</exception>
    public void Validate()
    {
        var violations = new List<string>();
        if (!IsName(ApplicationId))
            violations.Add($"{nameof(ApplicationId)} is '{ApplicationId}'; it must be 1 to 100 letters, digits, '.', '_' or '-'.");
        if (InstanceId is not null && !IsName(InstanceId))
            violations.Add($"{nameof(InstanceId)} is '{InstanceId}'; it must be null, or 1 to 100 letters, digits, '.', '_' or '-'.");
        if (Connection is null || string.IsNullOrWhiteSpace(Connection.BootstrapServers))
            violations.Add($"{nameof(Connection)} has no bootstrap servers; give host:port.");
        if (ApplicationServer is not null && !IsServer(ApplicationServer))
            violations.Add($"{nameof(ApplicationServer)} is '{ApplicationServer}'; it must be null, or host:port with a port from 1 to 65535.");
        if (Threads is < 1 or > 256)
            violations.Add($"{nameof(Threads)} is {Threads}; it must be 1 to 256.");
        if (Standby && Threads > 1)
            violations.Add($"{nameof(Standby)} is true and {nameof(Threads)} is {Threads}; it must be 1 then. Run more instances instead.");
        if (ReplicationFactor is 0 or < -1)
            violations.Add($"{nameof(ReplicationFactor)} is {ReplicationFactor}; it must be at least 1, or -1 for the broker's default.");
        Range(violations, nameof(CommitInterval), CommitInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Range(violations, nameof(CatchUpCommitInterval), CatchUpCommitInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Range(violations, nameof(IdleTimeout), IdleTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        Range(violations, nameof(TransactionTimeout), TransactionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15));
        Range(violations, nameof(SessionTimeout), SessionTimeout, TimeSpan.FromSeconds(6), TimeSpan.FromMinutes(5));
        Range(violations, nameof(StopTimeout), StopTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Range(violations, nameof(RepartitionPurgeInterval), RepartitionPurgeInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        if (MaxThreadReplacements is < 1 or > 1000)
            violations.Add($"{nameof(MaxThreadReplacements)} is {MaxThreadReplacements}; it must be 1 to 1000.");
        Range(violations, nameof(ThreadReplacementInterval), ThreadReplacementInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Range(violations, nameof(MaxPollInterval), MaxPollInterval, TimeSpan.FromSeconds(6), TimeSpan.FromDays(1));
        if (BufferBytes is < BufferShares.Least or > BufferShares.Most)
            violations.Add($"{nameof(BufferBytes)} is {BufferBytes}; it must be from {BufferShares.Least} to {BufferShares.Most}.");
        if (Guarantee is not (ProcessingGuarantee.ExactlyOnce or ProcessingGuarantee.AtLeastOnce))
            violations.Add($"{nameof(Guarantee)} is {Guarantee}; it must be one of {string.Join(", ", Enum.GetNames<ProcessingGuarantee>())}.");
        if (MaxPollInterval < SessionTimeout)
            violations.Add($"{nameof(MaxPollInterval)} is {MaxPollInterval}; it must be at least {nameof(SessionTimeout)}, which is {SessionTimeout}.");
        if (MaxPollInterval <= TransactionTimeout)
            violations.Add($"{nameof(MaxPollInterval)} is {MaxPollInterval}; it must be above {nameof(TransactionTimeout)}, which is {TransactionTimeout}.");
        if (CommitInterval >= TransactionTimeout)
            violations.Add($"{nameof(CommitInterval)} is {CommitInterval}; it must be below {nameof(TransactionTimeout)}, which is {TransactionTimeout}.");
        if (violations.Count > 0)
            throw new StreamsOptionsException(violations);
    }

    private static bool IsName(string? text) => text is { Length: > 0 and <= 100 }
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsServer(string text) => text.LastIndexOf(':') is > 0 and var colon
        && !text.Any(char.IsWhiteSpace)
        && ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out ushort port)
        && port > 0;

    private static void Range(List<string> violations, string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
            violations.Add($"{name} is {value}; it must be from {least} to {most}.");
    }
}

/// <summary>Options are wrong. The message lists every violation.</summary>
public sealed class StreamsOptionsException : StreamsException
{
    internal StreamsOptionsException(IReadOnlyList<string> violations)
        : base($"The options of the streams application are wrong:{Environment.NewLine}- {string.Join(Environment.NewLine + "- ", violations)}") =>
        Violations = violations;

    /// <summary>One sentence each.</summary>
    public IReadOnlyList<string> Violations { get; }
}
