using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>Whether the accounts form trees at every instant, and mergers come to an end.</summary>
internal sealed class CycleCheck(ReferenceSet<Account> accounts, ImportFaults faults)
{
    /// <summary>How deep a tree may be.</summary>
    public const int MaxDepth = 100;

    private readonly List<string> _path = [];

    public void Run()
    {
        foreach (var entry in accounts.Entries)
        {
            _path.Clear();
            Climb(entry, entry.Value, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
            Follow(entry);
        }
    }

    /// <summary>Goes up the tree for the time in which all links passed hold. False when a fault was told.</summary>
    private bool Climb(ReferenceEntry<Account> start, Account account, DateTimeOffset from, DateTimeOffset to)
    {
        _path.Add(account.Id);
        foreach (var link in Parents(account))
        {
            var (begin, end) = (link.From > from ? link.From : from, link.To < to ? link.To : to);
            if (begin >= end || accounts.Find(link.Account) is not { } parent)
                continue;
            if (!MayClimb(start, parent.Value.Id) || (!_path.Contains(parent.Value.Id) && !Climb(start, parent.Value, begin, end)))
                return false;
        }

        _path.RemoveAt(_path.Count - 1);
        return true;
    }

    private bool MayClimb(ReferenceEntry<Account> start, string parent)
    {
        if (parent == start.Value.Id)
            faults.Add(start.Place, $"account {parent} lies above itself: {string.Join(" under ", _path)} under {parent}; take one parent out.");
        else if (_path.Count > MaxDepth)
            faults.Add(start.Place, FormattableString.Invariant($"above account {start.Value.Id} lie more than {MaxDepth} accounts; a tree is at most that deep."));
        else
            return true;
        return false;
    }

    private static IEnumerable<(string Account, DateTimeOffset From, DateTimeOffset To)> Parents(Account account)
    {
        if (account.Versions.Count == 0)
            return account.Parent is { } parent ? [(parent, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)] : [];
        return account.Versions.Where(static version => version.Parent is not null)
            .Select(static version => (version.Parent!, version.From, version.To ?? DateTimeOffset.MaxValue));
    }

    // A merger has no end, so that a ring of them is one at every later time.
    private void Follow(ReferenceEntry<Account> start)
    {
        var at = start.Value;
        for (var passed = 0; at.MergedInto is { } merge && accounts.Find(merge.Account)?.Value is { } next; passed++)
        {
            if (next.Id == start.Value.Id)
                faults.Add(start.Place, $"account {next.Id} goes over into itself, by way of {at.Id}; take one mergedInto out.");
            // In a ring that the start is no part of: its members tell.
            if (next.Id == start.Value.Id || passed > accounts.Entries.Count)
                return;
            at = next;
        }
    }
}
