using UsageStreams.Host.Reference.Import;
using UsageStreams.Model;
using UsageStreams.Topology;

namespace UsageStreams.Host.Tests.Reference.Import;

/// <summary>Files checked together, without Kafka: the topics hold what <see cref="State"/> was given.</summary>
internal sealed class ImportCase : IDisposable
{
    public const string AccountHeader = "id,name,legalEntity,soldTo,billTo,crmAccount,contracts,parent,mergedInto,mergedFrom,from,to\n";
    public const string ContractHeader = "id,account,from,to,currency,currencyDigits,zone,anchorDay,lockDays,metric,item,included,unitPrice,product\n";
    public const string ProductHeader = "id,name,sku,from,to\n";
    public const string TenantHeader = "id,account,from,to\n";

    private readonly TemporaryFolder _folder = new();
    private readonly List<RowFile> _tenantFiles = [];

    public ImportCase() => Tenants = new TenantImport(State.Accounts, "ref.tenants", Faults, "ann", "test");

    public ReferenceState State { get; } = new(new UsageTopics());

    public ImportFaults Faults { get; } = new();

    public TenantImport Tenants { get; }

    /// <summary>An account a and its contract C-a, as others build upon.</summary>
    public ImportCase WithAcme()
    {
        State.Accounts.Publish("a", new Account { Id = "a", Name = "Acme", LegalEntity = "1", SoldTo = "1", BillTo = "1", CrmAccount = "1", Contracts = ["C-a"] });
        State.Contracts.Publish("C-a", new Contract
        {
            Id = "C-a", Account = "a", From = DateTimeOffset.UnixEpoch, Currency = "EUR", CurrencyDigits = 2, Zone = "UTC", AnchorDay = 1, Lines = [],
        });
        return this;
    }

    public ImportCase File(string name, string text)
    {
        var path = _folder.File(name, text);
        var file = RowFile.Of(new FileInfo(path), null);
        switch (file.Kind.Name)
        {
            case "accounts": State.Accounts.Read(file, Faults); break;
            case "contracts": State.Contracts.Read(file, Faults); break;
            case "products": State.Products.Read(file, Faults); break;
            default: _tenantFiles.Add(file); break;
        }

        return this;
    }

    /// <summary>All faults, each from the file's name on.</summary>
    public IReadOnlyList<string> Check()
    {
        State.Check(Faults);
        Tenants.Read(_tenantFiles);
        Tenants.CheckOthers(areRemoved: false);
        return [.. Faults.Kept.Select(static fault => fault[(fault.LastIndexOf(Path.DirectorySeparatorChar, fault.IndexOf(": ", StringComparison.Ordinal)) + 1)..])];
    }

    public void Dispose()
    {
        Tenants.Dispose();
        _folder.Dispose();
    }
}
