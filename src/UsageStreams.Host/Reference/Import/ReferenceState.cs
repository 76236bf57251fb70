using UsageStreams.Model;
using UsageStreams.Topology;

namespace UsageStreams.Host.Reference.Import;

/// <summary>Everything that tenants lead to, as it will be after an import. It fits in memory; tenants, of which there may be a million, are streamed.</summary>
internal sealed class ReferenceState(UsageTopics topics)
{
    public ReferenceSet<Account> Accounts { get; } = new(RecordKinds.Accounts, topics.Accounts);

    public ReferenceSet<Contract> Contracts { get; } = new(RecordKinds.Contracts, topics.Contracts);

    public ReferenceSet<Product> Products { get; } = new(RecordKinds.Products, topics.Products);

    /// <summary>Tells every link that leads nowhere, every overlap and every cycle.</summary>
    public void Check(ImportFaults faults)
    {
        new LinkCheck(this, faults).Run();
        new CycleCheck(Accounts, faults).Run();
    }
}
