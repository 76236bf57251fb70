using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>Whether accounts, contracts and products lead to each other, and no two contracts of an account hold at once.</summary>
internal sealed class LinkCheck(ReferenceState state, ImportFaults faults)
{
    public void Run()
    {
        foreach (var entry in state.Accounts.Entries)
            Check(entry);
        foreach (var entry in state.Contracts.Entries)
            Check(entry);
    }

    private void Check(ReferenceEntry<Account> entry)
    {
        var account = entry.Value;
        if (account.Versions.Count == 0)
            CheckAccount(account.Parent, "parent", entry.Place);
        for (var index = 0; index < account.Versions.Count; index++)
            CheckAccount(account.Versions[index].Parent, "parent", entry.RowAt(index));
        CheckAccount(account.MergedInto?.Account, "mergedInto", entry.Place);

        var contracts = new List<Contract>(account.Contracts.Count);
        foreach (var id in account.Contracts)
        {
            if (state.Contracts.Find(id)?.Value is not { } contract)
                faults.Add(entry.Place, $"account {account.Id} names contract {id}, which there is none of; import it too.");
            else if (contract.Account != account.Id)
                faults.Add(entry.Place, $"account {account.Id} names contract {id}, which belongs to account {contract.Account}.");
            else
                contracts.Add(contract);
        }

        CheckOverlaps(account, contracts);
    }

    private void Check(ReferenceEntry<Contract> entry)
    {
        var contract = entry.Value;
        if (state.Accounts.Find(contract.Account)?.Value is not { } account)
            faults.Add(entry.Place, $"contract {contract.Id} leads to account {contract.Account}, which there is none of; import it too.");
        else if (!account.Contracts.Contains(contract.Id, StringComparer.Ordinal))
            faults.Add(entry.Place, $"contract {contract.Id} is not among the contracts of its account {account.Id}, so nothing would be billed by it; name it there.");
        for (var index = 0; index < contract.Lines.Count; index++)
        {
            if (contract.Lines[index].Product is { } product && !state.Products.Has(product))
                faults.Add(entry.RowAt(index), $"product {product} of metric {contract.Lines[index].Metric} is unknown; import it too.");
        }
    }

    private void CheckAccount(string? id, string column, Place place)
    {
        if (id is not null && !state.Accounts.Has(id))
            faults.Add(place, $"{column} {id} is no account; import it too.");
    }

    private void CheckOverlaps(Account account, List<Contract> contracts)
    {
        contracts.Sort(static (one, other) => one.From.CompareTo(other.From));
        for (var index = 1; index < contracts.Count; index++)
        {
            var (before, contract) = (contracts[index - 1], contracts[index]);
            if (before.To is null || contract.From < before.To)
                faults.Add(Later(before, contract), $"contracts {before.Id} and {contract.Id} of account {account.Id} both hold from {CellText.Of(contract.From)}; end the first before.");
        }
    }

    // Whichever of the two this import brings.
    private Place Later(Contract before, Contract contract) =>
        state.Contracts.Find(contract.Id)!.Place is { IsFile: true } place ? place : state.Contracts.Find(before.Id)!.Place;
}
