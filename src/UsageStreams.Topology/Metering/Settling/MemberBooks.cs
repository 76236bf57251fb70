using System.Buffers;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>
/// The members of <c>unique</c> windows, each an entry of its own, so that a large set is never written again for one more member. An entry of a contributor
/// says whether it has the member; one without a tenant, how many contributors of the window do.
/// </summary>
internal sealed class MemberBooks(KeyValueStore<MemberKey, Member> members)
{
    private readonly ArrayBufferWriter<byte> _name = new();

    /// <summary>Adds members to a contributor's.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="window">The window.</param>
    /// <param name="tenant">What it adds, whose list of members may get another head.</param>
    /// <param name="added">The members.</param>
    /// <param name="adjusts">Whether they came after the lock.</param>
    /// <returns>How many of them no contributor of the window had.</returns>
    public MemberChange Add(in TenantWindowKey key, Window window, TenantWindow tenant, IReadOnlySet<string> added, bool adjusts)
    {
        var change = default(MemberChange);
        if (added.Count == 0) return change;
        var (whole, part) = (Whole(key.Window, window), Part(key, tenant));
        foreach (var member in added)
        {
            var name = new MemberKey(part, member);
            var known = members.TryGet(name, out var own);
            if (!known)
            {
                own = new Member(0, 0, tenant.FirstMember);
                tenant.FirstMember = member;
            }

            var after = own with { Booked = adjusts ? own.Booked : 1, Actual = 1 };
            if (known && after == own) continue;
            members.Put(name, after);
            change += MoveAll(whole, member, after.Booked - own.Booked, after.Actual - own.Actual);
        }

        return change;
    }

    /// <summary>Takes all of a contributor's members away; after the lock, only from what is actual.</summary>
    /// <returns>How many of them no contributor of the window has any more, as negative numbers.</returns>
    public MemberChange Remove(in TenantWindowKey key, Window window, TenantWindow tenant, bool adjusts)
    {
        var change = default(MemberChange);
        if (tenant.FirstMember is null) return change;
        var (whole, part) = (Whole(key.Window, window), Part(key, tenant));
        var kept = default(string);
        for (var member = tenant.FirstMember; member is not null;)
        {
            var name = new MemberKey(part, member);
            if (!members.TryGet(name, out var own))
                throw new InvalidOperationException($"Member '{member}' of {key} is listed and not there: the state is not whole. Delete the state directory, so that it is restored.");
            var booked = adjusts ? own.Booked : 0;
            change += MoveAll(whole, member, booked - own.Booked, -own.Actual);
            if (booked == 0)
            {
                members.Delete(name);
            }
            else
            {
                members.Put(name, own with { Booked = booked, Actual = 0, Next = kept });
                kept = member;
            }

            member = own.Next;
        }

        tenant.FirstMember = kept;
        return change;
    }

    private MemberChange MoveAll(EventDigest whole, string member, long booked, long actual)
    {
        var name = new MemberKey(whole, member);
        members.TryGet(name, out var before);
        var after = before with { Booked = before.Booked + booked, Actual = before.Actual + actual };
        if (after is { Booked: 0, Actual: 0 })
            members.Delete(name);
        else
            members.Put(name, after);
        return new MemberChange(One(after.Booked) - One(before.Booked), One(after.Actual) - One(before.Actual));
    }

    private EventDigest Whole(in WindowKey key, Window window)
    {
        if (window.Name != EventDigest.None) return window.Name;
        _name.ResetWrittenCount();
        WindowKeySerde.Instance.Serialize(key, _name);
        return window.Name = EventDigest.Of(_name.WrittenSpan, [], []);
    }

    private EventDigest Part(in TenantWindowKey key, TenantWindow tenant)
    {
        if (tenant.Name != EventDigest.None) return tenant.Name;
        _name.ResetWrittenCount();
        TenantWindowKeySerde.Instance.Serialize(key, _name);
        return tenant.Name = EventDigest.Of([], _name.WrittenSpan, []);
    }

    private static int One(long contributors) => contributors > 0 ? 1 : 0;
}

/// <summary>By how much the number of distinct members of a window changed.</summary>
internal readonly record struct MemberChange(long Booked, long Actual)
{
    public static MemberChange operator +(MemberChange left, MemberChange right) => new(left.Booked + right.Booked, left.Actual + right.Actual);
}
