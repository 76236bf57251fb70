using Microsoft.Extensions.Logging;
using Polly;
using UsageStreams.Sinks.Telemetry;

namespace UsageStreams.Sinks.Runtime;

/// <summary>Brings documents to the remote system and waits for its decision, however long that takes.</summary>
internal sealed class Courier<TDocument>
{
    private readonly IConnector<TDocument> _connector;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly AdaptiveConcurrency _places;
    private readonly ResiliencePipeline _around;
    private readonly ResiliencePipeline _attempt;

    public Courier(IConnector<TDocument> connector, SinkWorkerOptions options, TimeProvider clock, ILogger logger)
    {
        _connector = connector;
        _clock = clock;
        _logger = logger;
        _places = new AdaptiveConcurrency(connector.MaxConcurrency);
        _around = DeliveryPipeline.Around(connector.System, options, clock, logger);
        _attempt = DeliveryPipeline.Attempt(options, clock);
    }

    /// <summary>Signs in, waiting for a system that is down.</summary>
    public async Task SignInAsync(CancellationToken cancellationToken) => await _around.ExecuteAsync(
        static async (courier, token) => await courier._attempt.ExecuteAsync(
            static async (connector, innerToken) => await connector.SignInAsync(innerToken), courier._connector, token),
        this, cancellationToken);

    /// <summary>Delivers all documents; afterwards each has its outcome.</summary>
    /// <exception cref="SinkStoppedException">Nothing can be delivered until a person changes something.</exception>
    public async Task DeliverAsync(IReadOnlyCollection<Parcel<TDocument>> parcels, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = Lanes.Plan(parcels, parcel => parcel.Delivery.Account, _connector.MaxBatch);
        await Task.WhenAll(lanes.Select(lane => DeliverLaneAsync(lane, stop)));
    }

    private async Task DeliverLaneAsync(List<Parcel<TDocument>[]> lane, CancellationTokenSource stop)
    {
        try
        {
            foreach (var batch in lane) await DeliverBatchAsync(batch, stop.Token);
        }
        catch
        {
            // What fails here isn't repeated, so the other lanes are of no use any more.
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task DeliverBatchAsync(Parcel<TDocument>[] batch, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        var calls = new CallCount();
        Delivery<TDocument>[] deliveries = [.. batch.Select(parcel => parcel.Delivery)];
        var outcomes = await _around.ExecuteAsync(
            static async (state, token) => await state.Courier.AttemptAsync(state.Deliveries, state.Calls, token),
            (Courier: this, Deliveries: deliveries, Calls: calls), cancellationToken);
        if (outcomes.Count != batch.Length)
            throw new InvalidOperationException($"The connector {_connector.System} gave {outcomes.Count} outcomes for {batch.Length} documents; it must give one for each.");
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i].Settle(outcomes[i], calls.Value);
            SinkMetrics.Delivered(_connector.System, outcomes[i].IsAccepted);
            if (!outcomes[i].IsAccepted)
                SinkLog.Refused(_logger, _connector.System, deliveries[i].Id, deliveries[i].Account, outcomes[i].Error);
        }

        SinkMetrics.Took(_connector.System, _clock.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<Outcome>> AttemptAsync(Delivery<TDocument>[] deliveries, CallCount calls, CancellationToken cancellationToken)
    {
        var ticket = await _places.EnterAsync(cancellationToken);
        var throttled = false;
        try
        {
            return await _attempt.ExecuteAsync(
                static async (state, token) => await state.Connector.SendAsync(state.Deliveries, state.Calls, token),
                (Connector: _connector, Deliveries: deliveries, Calls: calls), cancellationToken);
        }
        catch (TransientSinkException error) when (error.IsThrottled)
        {
            throttled = true;
            throw;
        }
        finally
        {
            _places.Leave(ticket, throttled);
            SinkMetrics.Allows(_connector.System, _places.Limit);
            if (throttled) SinkLog.Throttled(_logger, _connector.System, _places.Limit);
        }
    }
}
