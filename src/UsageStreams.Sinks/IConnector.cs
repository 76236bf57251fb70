namespace UsageStreams.Sinks;

/// <summary>
/// Says documents in one system's API and reads its answers. It keeps no order, retries nothing but an expired token, and knows
/// nothing of Kafka: the runtime does the rest. Safe for concurrent use.
/// </summary>
/// <typeparam name="TDocument">What it delivers.</typeparam>
public interface IConnector<TDocument> : IDisposable
{
    /// <summary>Name of the system in receipts, logs and metrics, such as netsuite.</summary>
    string System { get; }

    /// <summary>Most documents in one <see cref="SendAsync"/>; at least 1.</summary>
    int MaxBatch { get; }

    /// <summary>Most <see cref="SendAsync"/> at once; at least 1. The runtime goes below it when the system throttles.</summary>
    int MaxConcurrency { get; }

    /// <summary>Signs in, so that wrong credentials show at start and not at the first document.</summary>
    /// <exception cref="TransientSinkException">The system can't be reached now.</exception>
    /// <exception cref="SinkStoppedException">The system does not let us in.</exception>
    Task SignInAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Delivers documents so that delivering them again changes nothing. Documents of one batch may be about the same record; then
    /// the later counts.
    /// </summary>
    /// <param name="batch">One to <see cref="MaxBatch"/> documents, those of an account in their order.</param>
    /// <param name="calls">Counts the API calls made.</param>
    /// <param name="cancellationToken">Gives up waiting; what was sent may have happened.</param>
    /// <returns>One outcome for each document, in the batch's order.</returns>
    /// <exception cref="TransientSinkException">Nothing is known of the batch; the same call later may succeed.</exception>
    /// <exception cref="SinkStoppedException">No document can be delivered until a person changes something.</exception>
    Task<IReadOnlyList<Outcome>> SendAsync(IReadOnlyList<Delivery<TDocument>> batch, CallCount calls, CancellationToken cancellationToken);
}
