namespace UsageStreams.Streams.Faults;

/// <summary>
/// Who decides about records that fail: one handler for each kind of fault, as Kafka Streams' deserialization, processing and production exception
/// handlers. Given to a topology by <see cref="StreamsBuilder.HandleFaults"/>, and to a source or table by its <c>Consumed.WithFaults</c>.
/// </summary>
/// <remarks>
/// Whatever is decided, a record that failed leaves nothing behind: neither changes of stores nor output. Where it had begun to, the transaction is
/// aborted, and what it held is read again without the record.
/// </remarks>
public sealed record FaultHandling
{
    /// <summary>Where <see cref="FaultDecision.DeadLetter"/> sends records; must exist when the application starts. Null when nobody decides so.</summary>
    public string? DeadLetterTopic { get; init; }

    /// <summary>
    /// Decides about records that can't be read. Not asked where the topology took the source's <c>undecodable</c> stream: they go there. A record of
    /// a table stays in the table's topic, so that <see cref="FaultDecision.DeadLetter"/> means <see cref="FaultDecision.Continue"/> for it.
    /// </summary>
    public FaultHandler Deserialization { get; init; } = FaultHandlers.Stop;

    /// <summary>
    /// Decides about user code that throws, other than <see cref="RetriableException"/>. Of a punctuation, <see cref="FaultDecision.Continue"/>
    /// holds if the call has changed and sent nothing; otherwise, and when what was held back for a commit fails, the application stops.
    /// </summary>
    public FaultHandler Processing { get; init; } = FaultHandlers.Stop;

    /// <summary>Decides about output that can't be written.</summary>
    public FaultHandler Production { get; init; } = FaultHandlers.Stop;

    internal bool DecidesOnRecords => !ReferenceEquals(Processing, FaultHandlers.Stop) || !ReferenceEquals(Production, FaultHandlers.Stop);

    internal bool NeedsTopic => DeadLetterTopic is null
        && (ReferenceEquals(Deserialization, FaultHandlers.DeadLetter) || ReferenceEquals(Processing, FaultHandlers.DeadLetter)
            || ReferenceEquals(Production, FaultHandlers.DeadLetter));

    /// <summary>Sends whatever fails to <paramref name="topic"/>.</summary>
    public static FaultHandling DeadLetters(string topic) => new()
    {
        DeadLetterTopic = topic,
        Deserialization = FaultHandlers.DeadLetter,
        Processing = FaultHandlers.DeadLetter,
        Production = FaultHandlers.DeadLetter,
    };

    internal FaultHandler Of(FaultKind kind) => kind switch
    {
        FaultKind.Deserialization => Deserialization,
        FaultKind.Processing => Processing,
        _ => Production,
    };
}
