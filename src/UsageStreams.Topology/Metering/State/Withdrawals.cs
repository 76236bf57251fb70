using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.State;

/// <summary>
/// What producers took back. Of an event that comes after its withdrawal nothing is counted; one that was counted before stays so until it
/// is taken out, and is pending until then.
/// </summary>
internal sealed class Withdrawals
{
    private readonly KeyValueStore<EventDigest, Withdrawal> _store;
    private readonly Dictionary<EventDigest, Withdrawal> _pending = [];
    private readonly HashSet<EventDigest> _untried = [];

    public Withdrawals(KeyValueStore<EventDigest, Withdrawal> store)
    {
        _store = store;
        foreach (var (identity, withdrawal) in store.All)
        {
            if (withdrawal.Time is not null) Await(identity, withdrawal);
        }
    }

    /// <summary>Those whose event is still to be taken out.</summary>
    public IReadOnlyDictionary<EventDigest, Withdrawal> Pending => _pending;

    /// <summary>Those of them whose event nobody has tried to take out alone.</summary>
    public IReadOnlyCollection<EventDigest> Untried => _untried;

    /// <summary>Whether an event was taken back.</summary>
    public bool TryGet(EventDigest identity, out Withdrawal withdrawal)
    {
        if (_store.Count > 0) return _store.TryGet(identity, out withdrawal!);
        withdrawal = null!;
        return false;
    }

    /// <summary>Whether an event is taken out of what was counted.</summary>
    public bool IsInEffect(EventDigest identity) => TryGet(identity, out var withdrawal) && withdrawal.Time is null;

    /// <summary>Keeps a withdrawal.</summary>
    public void Put(EventDigest identity, Withdrawal withdrawal)
    {
        _store.Put(identity, withdrawal);
        if (withdrawal.Time is not null) Await(identity, withdrawal);
    }

    /// <summary>The event can't be taken out alone, as long as the task lives: a recount has to.</summary>
    public void LeaveToRecount(EventDigest identity) => _untried.Remove(identity);

    /// <summary>The event was taken out.</summary>
    public void Settle(EventDigest identity)
    {
        if (!_pending.Remove(identity, out var withdrawal)) return;
        _untried.Remove(identity);
        _store.Put(identity, withdrawal with { Time = null });
    }

    private void Await(EventDigest identity, Withdrawal withdrawal)
    {
        _pending[identity] = withdrawal;
        _untried.Add(identity);
    }
}
