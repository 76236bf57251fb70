using System.Runtime.CompilerServices;

namespace UsageStreams.Embedded.Log;

/// <summary>An appended batch as a producer numbered it, and where it went.</summary>
internal readonly record struct AppendedBatch(int FirstSequence, int LastSequence, long BaseOffset, long AppendTime);

/// <summary>What a partition knows of one producer: its epoch, its last five batches (the window of retries) and its open transaction.</summary>
internal sealed class ProducerEntry(short epoch)
{
    private const int Window = 5;

    private RecentBatches _recent;
    private int _count;
    private int _next;

    public short Epoch { get; private set; } = epoch;

    public int LastSequence { get; private set; } = -1;

    public long LastTimestamp { get; private set; } = -1;

    /// <summary>When the broker last took something from it, Unix ms by the broker's clock: records may carry any time.</summary>
    public long LastSeen { get; set; }

    /// <summary>First offset of the open transaction, or -1.</summary>
    public long TransactionFirstOffset { get; set; } = -1;

    /// <summary>The earlier copy of this batch, or null when it is new.</summary>
    public AppendedBatch? FindDuplicate(in BatchHeader batch)
    {
        if (batch.ProducerEpoch != Epoch)
            return null;
        for (int i = 0; i < _count; i++)
        {
            if (_recent[i].FirstSequence == batch.BaseSequence && _recent[i].LastSequence == batch.LastSequence)
                return _recent[i];
        }

        return null;
    }

    /// <summary>Whether the batch continues the numbering; 2^31-1 is followed by 0.</summary>
    public bool IsNext(in BatchHeader batch) => batch.BaseSequence == (LastSequence == int.MaxValue ? 0 : LastSequence + 1);

    public void Append(in BatchHeader batch)
    {
        MoveTo(batch.ProducerEpoch);
        _recent[_next] = new AppendedBatch(batch.BaseSequence, batch.LastSequence, batch.BaseOffset, batch.AppendTime);
        _next = (_next + 1) % Window;
        _count = Math.Min(_count + 1, Window);
        LastSequence = batch.LastSequence;
        LastTimestamp = batch.MaxTimestamp;
        if (batch.IsTransactional && TransactionFirstOffset < 0)
            TransactionFirstOffset = batch.BaseOffset;
    }

    /// <summary>A newer epoch numbers from 0 again and has no retries of the old one.</summary>
    public void MoveTo(short epoch)
    {
        if (epoch == Epoch)
            return;
        (Epoch, LastSequence, _count, _next) = (epoch, -1, 0, 0);
    }

    [InlineArray(Window)]
    private struct RecentBatches
    {
        private AppendedBatch _first;
    }
}
