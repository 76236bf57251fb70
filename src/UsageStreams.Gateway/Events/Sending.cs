using UsageStreams.Gateway.Tokens;
using UsageStreams.Producer;

namespace UsageStreams.Gateway.Events;

/// <summary>The events of one request on their way: checked, sent together or not at all, and each with its result in the end.</summary>
internal sealed class Sending(UsageProducer producer, int count)
{
    private readonly EventResult?[] _results = new EventResult?[count];
    private readonly string?[] _ids = new string?[count];
    private readonly List<PreparedEvent> _prepared = new(count);
    private readonly List<int> _places = new(count);
    private IReadOnlyList<Task<UsageDelivery>> _deliveries = [];

    /// <summary>Why an event was not confirmed, where any was not.</summary>
    public string? Cause { get; private set; }

    /// <summary>Checks an event: what it is, whether the token may send it, metering's rules.</summary>
    public void Add(int index, in IncomingEvent incoming, Token token)
    {
        _ids[index] = incoming.Id;
        var fault = incoming.Fault;
        if (incoming.Usage is { } usage)
        {
            if (token.Check(usage) is { } forbidden)
            {
                fault = forbidden;
            }
            else if (producer.TryPrepare(usage, incoming.Traceparent, out var prepared, out fault))
            {
                _prepared.Add(prepared);
                _places.Add(index);
                return;
            }
        }

        _results[index] = new EventResult { Index = index, Id = incoming.Id, Status = "refused", Code = fault.Code, Text = fault.Text };
    }

    /// <summary>Sends what was not refused; false when the producer has no room, and then nothing is sent.</summary>
    public bool TrySend() => _prepared.Count == 0 || producer.TrySend(_prepared, out _deliveries);

    /// <summary>Waits for every acknowledgement.</summary>
    public async Task<EventsAnswer> EndAsync()
    {
        var (accepted, unconfirmed) = (0, 0);
        for (var at = 0; at < _deliveries.Count; at++)
        {
            var index = _places[at];
            try
            {
                var delivery = await _deliveries[at];
                accepted++;
                _results[index] = new EventResult
                {
                    Index = index, Id = _ids[index], Status = "accepted", Topic = delivery.Topic, Partition = delivery.Partition, Offset = delivery.Offset,
                };
            }
            catch (UsageDeliveryException error)
            {
                unconfirmed++;
                Cause ??= error.Message;
                // What the client says names brokers, which are nobody's business here.
                _results[index] = new EventResult
                {
                    Index = index, Id = _ids[index], Status = "unconfirmed", Code = "unconfirmed",
                    Text = "Kafka did not acknowledge the event in time, and may have it nevertheless; send it again with the same id, and it is counted once.",
                };
            }
        }

        return new EventsAnswer(accepted, _results.Length - accepted - unconfirmed, unconfirmed, _results!);
    }
}
