using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// Fetch 4 (isolation levels) to 12 (flexible). 5 adds the log start, 7 sessions, which are always declined (session id 0), 9 leader
/// epochs, 11 the preferred replica (none). Waits until enough bytes are readable or the time is over; woken by appends and by the ends
/// of transactions. Bytes go from the file into the answer, whole batches as they were stored.
/// </summary>
internal sealed class Fetch(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.Fetch, 4, 12, 12);

    public async ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var fetch = FetchRequest.Read(request);
        int body = request.Writer.Length;
        long deadline = Environment.TickCount64 + fetch.MaxWaitMs;
        if (WriteAnswer(request, fetch))
            return;
        while (Environment.TickCount64 < deadline && !cancellation.IsCancellationRequested)
        {
            var waiter = new FetchWaiter();
            // Waiting begins before the second look, or an append in between would be slept through.
            ForEachLog(fetch, log => log.AddWaiter(waiter));
            request.Writer.Truncate(body);
            bool enough = WriteAnswer(request, fetch);
            if (!enough)
                await waiter.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, deadline - Environment.TickCount64)), cancellation);
            ForEachLog(fetch, log => log.RemoveWaiter(waiter));
            if (enough)
                return;
        }

        request.Writer.Truncate(body);
        WriteAnswer(request, fetch);
    }

    /// <summary>Writes what can be read now; true when that is an answer, false when waiting is better.</summary>
    private bool WriteAnswer(Request request, FetchRequest fetch)
    {
        var writer = request.Writer;
        request.WriteNoThrottle();
        bool unknownSession = fetch.SessionId != 0;
        if (request.Version >= 7)
        {
            writer.WriteError(unknownSession ? ErrorCode.FetchSessionIdNotFound : ErrorCode.None);
            writer.WriteInt32(0);
        }

        var progress = new FetchProgress(fetch.MaxBytes, unknownSession || fetch.Topics.Length == 0);
        writer.WriteArrayLength(unknownSession ? 0 : fetch.Topics.Length);
        foreach (var topic in unknownSession ? [] : fetch.Topics)
        {
            writer.WriteString(topic.Name);
            writer.WriteArrayLength(topic.Partitions.Length);
            var known = broker.Topics.Find(topic.Name);
            foreach (var partition in topic.Partitions)
                WritePartition(request, fetch, partition, known?.Partition(partition.Index), ref progress);
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return progress.MustAnswer || progress.Bytes >= fetch.MinBytes;
    }

    private static void WritePartition(Request request, FetchRequest fetch, FetchPartition partition, PartitionLog? log, ref FetchProgress progress)
    {
        int budget = Math.Min(partition.MaxBytes, progress.Left);
        var error = log is null ? ErrorCode.UnknownTopicOrPartition : BrokerParts.CheckLeaderEpoch(partition.LeaderEpoch);
        var plan = error == ErrorCode.None
            ? log!.PlanRead(partition.Offset, budget, fetch.ReadCommitted)
            : new ReadPlan(error, new LogBounds(-1, -1, -1), null, 0, 0, 0, 0, []);
        WriteBounds(request, fetch, partition.Index, plan);
        int length = request.Writer.ReserveRecordsLength();
        int read = plan.ReadInto(request.Writer, budget, atLeastOne: progress.Bytes == 0);
        // Never null: librdkafka refuses a whole answer over a null record set.
        request.Writer.PatchRecordsLength(length, read);
        request.Writer.WriteNoTags();
        progress = progress.Add(read, plan.Error != ErrorCode.None);
    }

    private static void WriteBounds(Request request, FetchRequest fetch, int index, in ReadPlan plan)
    {
        var writer = request.Writer;
        writer.WriteInt32(index);
        writer.WriteError(plan.Error);
        writer.WriteInt64(plan.Bounds.End);
        writer.WriteInt64(plan.Bounds.Stable);
        if (request.Version >= 5)
            writer.WriteInt64(plan.Bounds.Start);
        if (fetch.ReadCommitted)
        {
            writer.WriteArrayLength(plan.Aborted.Length);
            foreach (var aborted in plan.Aborted)
            {
                writer.WriteInt64(aborted.ProducerId);
                writer.WriteInt64(aborted.FirstOffset);
                writer.WriteNoTags();
            }
        }
        else
        {
            writer.WriteNullArray();
        }

        if (request.Version >= 11)
            writer.WriteInt32(-1);
    }

    private void ForEachLog(FetchRequest fetch, Action<PartitionLog> action)
    {
        foreach (var topic in fetch.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                if (broker.Topics.FindPartition(topic.Name, partition.Index) is { } log)
                    action(log);
            }
        }
    }

    private readonly record struct FetchProgress(int Left, bool MustAnswer, int Bytes = 0)
    {
        public FetchProgress Add(int read, bool failed) => new(Math.Max(0, Left - read), MustAnswer || failed, Bytes + read);
    }
}
