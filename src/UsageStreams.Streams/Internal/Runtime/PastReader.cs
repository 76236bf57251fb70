using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// Reads a partition's past by a consumer of its own, outside the group. Records are taken from the client by the batch and stay in its memory until
/// they are handed over: what lies beyond the task's position waits there.
/// </summary>
internal sealed class PastReader : IPastReader
{
    private const int BatchLimit = 2000;

    /// <summary>Records that are rather read than jumped over.</summary>
    private const int LongestWalk = 500;
    private const string Purpose = "read the past of the input";
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(5);

    private readonly ClientFactory _clients;
    private readonly TopicPartition _partition;
    private readonly WantedOffsets? _wanted;
    private readonly Task<PastInputStart> _finding;
    private IConsumer<byte[]?, byte[]?>? _consumer;
    private BatchReader? _batch;
    private int _next;

    public PastReader(ClientFactory clients, IAdminClient admin, TopicPartition partition, PastRequest request)
    {
        (_clients, _partition, _wanted) = (clients, partition, request.Wanted());
        _finding = _wanted is null ? FindAsync(admin, partition, request.FromArrival) : FindAsync(admin, partition, _wanted);
    }

    public PastInputStart? Start { get; private set; }

    public long? Position { get; private set; }

    public void Read(int limit, long until, PastRecordTaker take)
    {
        if (!TryBegin())
            return;
        int read = 0;
        while (Position < until && read < limit)
        {
            if (_wanted is not null && !TryAim(_wanted, until))
                return;
            if (_next == _batch!.Count && !TryFill(read == 0 ? LongestWait : TimeSpan.Zero))
                return;
            if (TryPass(_batch[_next], until))
                continue;
            InputRecord record = _batch[_next].ToInput();
            (Position, _next, read) = (record.Offset + 1, _next + 1, read + 1);
            if (_wanted is null || _wanted.Takes(record.Offset))
                take(in record);
        }
    }

    public void Dispose()
    {
        _batch?.Dispose();
        _consumer?.Dispose();
    }

    /// <summary>Makes the next wanted record one that comes soon.</summary>
    /// <returns>False when none is wanted any more.</returns>
    private bool TryAim(WantedOffsets wanted, long until)
    {
        wanted.PassTo(Position!.Value);
        if (wanted.Next is not { } next || next >= until)
        {
            Position = until;
            return false;
        }

        if (next - Position <= LongestWalk)
            return true;
        _batch!.Release();
        (Position, _next) = (next, 0);
        try
        {
            _consumer!.Seek(new TopicPartitionOffset(_partition, next));
        }
        catch (KafkaException e)
        {
            throw Failure(e);
        }

        return true;
    }

    /// <summary>Passes over what is no record below <paramref name="until"/>.</summary>
    private bool TryPass(BatchRecord record, long until)
    {
        if (record.IsError)
            throw Failure(record.Error);
        if (record.IsPartitionEnd)
        {
            // At the end of a partition the offset is where the next record will be: control and aborted records lie before it.
            (Position, _next) = (Math.Max(Position!.Value, record.Offset), _next + 1);
            return true;
        }

        if (record.Offset < until)
            return false;
        Position = until;
        return true;
    }

    /// <summary>Begins as soon as it is known where.</summary>
    private bool TryBegin()
    {
        if (Start is not null)
            return true;
        if (!_finding.IsCompleted)
            return false;
        try
        {
            Start = _finding.GetAwaiter().GetResult();
        }
        catch (KafkaException e)
        {
            throw TransactionFailure.Of($"find where the past of {_partition} begins", e);
        }

        _consumer = _clients.PastReader(single: _wanted is not null);
        _batch = new BatchReader(_consumer, BatchLimit);
        Position = Start.Value.Offset;
        _consumer.Assign(new TopicPartitionOffset(_partition, Position.Value));
        return true;
    }

    private bool TryFill(TimeSpan wait)
    {
        _next = 0;
        try
        {
            _batch!.Read(wait);
        }
        catch (KafkaException e)
        {
            throw Failure(e);
        }

        return _batch.Count > 0;
    }

    /// <summary>A log that was cut off behind the reader is no fault: whoever reads the past anew begins where it begins now.</summary>
    private StreamsException Failure(KafkaException e) => e.Error.Code == ErrorCode.Local_AutoOffsetReset
        ? new TransactionFailure($"Could not {Purpose} at {_partition} offset {Position}: retention has deleted it meanwhile. It is read from where the log begins now.", e)
        : TransactionFailure.Of($"{Purpose} at {_partition} offset {Position}", e);

    private static async Task<PastInputStart> FindAsync(IAdminClient admin, TopicPartition partition, long fromArrival)
    {
        // The end first: what arrives between the questions is behind it.
        long end = (await AskAsync(admin, partition, OffsetSpec.Latest())).Offset;
        (long first, long arrival) = await AskAsync(admin, partition, OffsetSpec.ForTimestamp(Math.Max(0, fromArrival)));
        long low = (await AskAsync(admin, partition, OffsetSpec.Earliest())).Offset;
        return first < 0
            ? new PastInputStart(end, null, low > 0 && low >= end)
            : new PastInputStart(Math.Max(first, low), arrival, low > 0 && first <= low);
    }

    private static async Task<PastInputStart> FindAsync(IAdminClient admin, TopicPartition partition, WantedOffsets wanted)
    {
        (long low, _) = await AskAsync(admin, partition, OffsetSpec.Earliest());
        bool isCutOff = wanted.Next < low;
        wanted.PassTo(low);
        return new PastInputStart(wanted.Next ?? low, null, isCutOff);
    }

    private static async Task<(long Offset, long Timestamp)> AskAsync(IAdminClient admin, TopicPartition partition, OffsetSpec what)
    {
        ListOffsetsResult result = await admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = what }],
            new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = RequestTimeout });
        ListOffsetsResultInfo info = result.ResultInfos[0];
        return (info.TopicPartitionOffsetError.Offset.Value, info.Timestamp);
    }
}
