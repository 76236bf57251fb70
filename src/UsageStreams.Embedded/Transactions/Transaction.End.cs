using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;

namespace UsageStreams.Embedded.Transactions;

internal sealed partial class Transaction
{
    /// <summary>Commits or aborts. When this answers without an error, the markers are in every partition and the positions are the group's.</summary>
    public ErrorCode End(ProducerIdentity producer, bool commit)
    {
        lock (_gate)
        {
            if (CheckProducer(producer) is not ErrorCode.None and var error)
                return error;
            switch (_record.State)
            {
                case TransactionState.Ongoing:
                    PrepareAndComplete(commit, _record.Epoch);
                    return ErrorCode.None;
                case TransactionState.CompleteCommit when commit:
                case TransactionState.CompleteAbort when !commit:
                    return ErrorCode.None;
                case TransactionState.PrepareCommit when commit:
                case TransactionState.PrepareAbort when !commit:
                    return ErrorCode.ConcurrentTransactions;
                default:
                    return ErrorCode.InvalidTxnState;
            }
        }
    }

    /// <summary>
    /// Makes the caller the only producer of this id: an open transaction is aborted and every earlier epoch fenced. A caller that
    /// names its producer recovers it, and is refused when somebody else has taken over meanwhile.
    /// </summary>
    public (ErrorCode Error, ProducerIdentity Producer) Initialize(int timeoutMs, ProducerIdentity caller)
    {
        lock (_gate)
        {
            var current = new ProducerIdentity(_record.ProducerId, _record.Epoch);
            if (caller.Id >= 0 && caller != current)
            {
                // The answer to an earlier try was lost: give it again. Anybody else was fenced.
                return caller == _previous ? (ErrorCode.None, current) : (ErrorCode.ProducerFenced, ProducerIdentity.None);
            }

            if (_record.IsPrepared)
                return (ErrorCode.ConcurrentTransactions, ProducerIdentity.None);
            var next = Next(current);
            if (_record.State == TransactionState.Ongoing)
                PrepareAndComplete(commit: false, FencingEpoch());
            Write(_record.Cleared(TransactionState.Empty) with { ProducerId = next.Id, Epoch = next.Epoch, TimeoutMs = timeoutMs });
            _previous = caller.Id >= 0 ? current : ProducerIdentity.None;
            return (ErrorCode.None, next);
        }
    }

    /// <summary>Ends what a stop left prepared, and starts the time of what is open anew: the time the broker was down does not count.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            if (_record.IsPrepared)
            {
                bool commit = _record.State == TransactionState.PrepareCommit;
                BrokerLog.TransactionFinishedAtStart(_settings.Logger, _record.TransactionalId, commit);
                Complete(commit);
            }
            else if (_record.State == TransactionState.Ongoing)
            {
                StartTimeout();
            }
        }
    }

    private ProducerIdentity Next(ProducerIdentity current) => current.Epoch >= short.MaxValue - 1
        ? new ProducerIdentity(_settings.ProducerIds.Next(), 0)
        : current with { Epoch = (short)(current.Epoch + 1) };

    private short FencingEpoch() => (short)Math.Min(_record.Epoch + 1, short.MaxValue);

    private void PrepareAndComplete(bool commit, short epoch)
    {
        Write(_record with { State = commit ? TransactionState.PrepareCommit : TransactionState.PrepareAbort, Epoch = epoch });
        Complete(commit);
    }

    /// <summary>From here on the outcome is decided; a crash in between repeats this at the next start, which is harmless.</summary>
    private void Complete(bool commit)
    {
        _timeout.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var (topic, partition) in _record.Partitions)
            _settings.Topics.FindPartition(topic, partition)?.AppendMarker(_record.ProducerId, _record.Epoch, commit);
        foreach (string group in _record.Groups)
            _settings.Groups.Find(group)?.EndTransaction(_record.ProducerId, commit);
        Write(_record.Cleared(commit ? TransactionState.CompleteCommit : TransactionState.CompleteAbort));
    }

    private void OnTimeout()
    {
        lock (_gate)
        {
            if (_disposed || _record.State != TransactionState.Ongoing)
                return;
            // The timer may have fired while one transaction ended and the next began.
            var left = TimeSpan.FromMilliseconds(_record.TimeoutMs) - _settings.Time.GetElapsedTime(_timedSince);
            if (left > TimeSpan.Zero)
            {
                _timeout.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }

            try
            {
                BrokerLog.TransactionTimedOut(_settings.Logger, _record.TransactionalId, _record.ProducerId, _record.TimeoutMs);
                PrepareAndComplete(commit: false, FencingEpoch());
            }
            catch (StorageException cause)
            {
                BrokerLog.TransactionEndFailed(_settings.Logger, _record.TransactionalId, cause);
            }
        }
    }
}
