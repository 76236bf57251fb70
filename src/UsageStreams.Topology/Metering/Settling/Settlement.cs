using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>What becomes of a partial: which books change, and which entries tell of it.</summary>
internal sealed class Settlement(WindowBooks books, LedgerWriter ledger)
{
    /// <summary>Takes a partial in.</summary>
    public void Take(in WindowSpan span, Window window, in PartialKey key, Partial partial)
    {
        var name = new TenantWindowKey(key.Window, key.From);
        var tenant = books.Open(name, window, span.Aggregation);
        if (partial.IsInstead)
            Replace(span, window, name, tenant, partial.Contribution, partial.Cause, key.BookedIn);
        else if (!partial.Contribution.IsEmpty)
            Add(span, window, name, tenant, partial.Contribution, key.BookedIn);
        if (partial.TakenOut is { } taken)
            Replace(span, window, name, tenant, tenant.Actual.Without(taken.Contribution), taken.Cause, key.BookedIn);
    }

    /// <summary>Writes the final entry of a window whose end and grace have passed.</summary>
    public void Close(in WindowSpan span, Window window)
    {
        window.IsClosed = true;
        ledger.WriteBooked(span, window, EntryKind.Final, EntryEvents.More(window.Pending), cause: null);
        window.Pending = new Lineage();
        ledger.WriteAdjustment(span, window, EntryEvents.Nothing);
    }

    private void Add(in WindowSpan span, Window window, in TenantWindowKey name, TenantWindow tenant, Contribution added, long? bookedIn)
    {
        books.Add(name, window, tenant, added, span.End, adjusts: bookedIn is not null);
        if (bookedIn is not null)
        {
            ledger.WriteAdjustment(span, window, EntryEvents.More(added.Lineage), bookedIn: bookedIn);
        }
        else if (window.IsClosed)
        {
            ledger.WriteBooked(span, window, window.HasFinal ? EntryKind.Late : EntryKind.Final, EntryEvents.More(added.Lineage), cause: null);
            ledger.WriteAdjustment(span, window, EntryEvents.Nothing);
        }
        else
        {
            window.Pending.Merge(added.Lineage);
        }
    }

    private void Replace(in WindowSpan span, Window window, in TenantWindowKey name, TenantWindow tenant, Contribution after, Cause? cause, long? bookedIn)
    {
        var before = bookedIn is null ? tenant.Booked : tenant.Actual;
        if (IsSame(before, after) && (bookedIn is not null || tenant.Apart is null)) return;
        if (bookedIn is not null)
        {
            Swap(span, window, name, tenant, after, adjusts: true);
            ledger.WriteAdjustment(span, window, new EntryEvents(after.Lineage, before.Lineage), cause, bookedIn);
        }
        else if (!window.IsClosed)
        {
            Swap(span, window, name, tenant, after, adjusts: false);
            window.Pending = books.BookedEvents(name.Window, window);
        }
        else
        {
            Correct(span, window, name, tenant, before, after, cause);
            ledger.WriteAdjustment(span, window, EntryEvents.Nothing, cause);
        }
    }

    /// <summary>One correction when events were only added, else a reversal of all that the contributor had and a correction with what it has now.</summary>
    private void Correct(in WindowSpan span, Window window, in TenantWindowKey name, TenantWindow tenant, Contribution before, Contribution after, Cause? cause)
    {
        if (cause?.Kind == CauseKind.Redrive)
        {
            Swap(span, window, name, tenant, after, adjusts: false);
            ledger.WriteBooked(span, window, EntryKind.Correction, new EntryEvents(after.Lineage, before.Lineage), cause);
            return;
        }

        books.Remove(name, window, tenant, span.End, adjusts: false);
        ledger.WriteBooked(span, window, EntryKind.Reversal, EntryEvents.Less(before.Lineage), cause);
        books.Add(name, window, tenant, after, span.End, adjusts: false);
        ledger.WriteBooked(span, window, EntryKind.Correction, EntryEvents.More(after.Lineage), cause);
    }

    private void Swap(in WindowSpan span, Window window, in TenantWindowKey name, TenantWindow tenant, Contribution after, bool adjusts)
    {
        books.Remove(name, window, tenant, span.End, adjusts);
        books.Add(name, window, tenant, after, span.End, adjusts);
    }

    private static bool IsSame(Contribution before, Contribution after) =>
        before.Lineage.Count == after.Lineage.Count && before.Lineage.Digest == after.Lineage.Digest && before.Value == after.Value;
}
