using Confluent.Kafka;
using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>What a task's processors read of its past at the moment.</summary>
internal sealed class PastInputs(StreamTask task, SourceDefinition source, PastInputOpener open) : IDisposable
{
    private readonly List<(IDisposable Input, IPastReader Reader)> _open = [];

    /// <summary>Whether somebody reads who has not come to the task's present position: then nobody should wait for new input.</summary>
    public bool IsBehind
    {
        get
        {
            foreach ((_, IPastReader reader) in _open)
            {
                if (!(reader.Position >= task.Position))
                    return true;
            }

            return false;
        }
    }

    public PastInput<TKey, TValue> Open<TKey, TValue>(string node, PastRequest request)
    {
        if (source.Topic!.Value.IsRepartition)
        {
            throw new StreamsException(
                $"Processor '{node}' reads the past of {task.InputTopic}, a repartition topic, which is deleted when it is read. Read the past where the records come from.");
        }

        if (source is not SourceDefinition<TKey, TValue> typed)
        {
            throw new StreamsException(
                $"Processor '{node}' reads the past as records of {typeof(TKey).Name}, {typeof(TValue).Name}, and its source '{source.Name}' has {source.Types}. "
                + "Give ReadPast the source's types.");
        }

        IPastReader reader = open(new TopicPartition(task.InputTopic, task.Id.Partition), request);
        var input = new PastInput<TKey, TValue>(task, reader, typed.CreateReader());
        _open.Add((input, reader));
        return input;
    }

    public void Closed(IDisposable input) => _open.RemoveAll(o => ReferenceEquals(o.Input, input));

    public void Dispose()
    {
        while (_open.Count > 0)
            _open[^1].Input.Dispose();
    }
}

/// <summary>Begins to read what is asked for of a partition.</summary>
internal delegate IPastReader PastInputOpener(TopicPartition partition, PastRequest request);

/// <summary>Reads a task's partition beside the task.</summary>
internal interface IPastReader : IDisposable
{
    /// <summary>Where reading begins; null while that is not known.</summary>
    PastInputStart? Start { get; }

    /// <summary>Every committed record below that was asked for is handed over; null while <see cref="Start"/> is.</summary>
    long? Position { get; }

    /// <summary>Hands over committed records below <paramref name="until"/>, about <paramref name="limit"/> at most, those that are there.</summary>
    void Read(int limit, long until, PastRecordTaker take);
}

/// <summary>Takes a record of the past; it is valid during the call only.</summary>
internal delegate void PastRecordTaker(in InputRecord record);
