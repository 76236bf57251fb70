using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>The four kinds of record that files hold.</summary>
internal static class RecordKinds
{
    public static readonly RecordKind<Tenant> Tenants = new(
        ReferenceKind.Tenants, static topics => topics.Tenants, static tenant => tenant.Id, static tenant => tenant.Version,
        static (tenant, version, actor, reason) => tenant with { Version = version, Actor = actor, Reason = reason },
        TenantRows.Build, TenantRows.Of);

    public static readonly RecordKind<Account> Accounts = new(
        ReferenceKind.Accounts, static topics => topics.Accounts, static account => account.Id, static account => account.Version,
        static (account, version, actor, reason) => account with { Version = version, Actor = actor, Reason = reason },
        AccountRows.Build, AccountRows.Of);

    public static readonly RecordKind<Contract> Contracts = new(
        ReferenceKind.Contracts, static topics => topics.Contracts, static contract => contract.Id, static contract => contract.Version,
        static (contract, version, actor, reason) => contract with { Version = version, Actor = actor, Reason = reason },
        ContractRows.Build, ContractRows.Of);

    public static readonly RecordKind<Product> Products = new(
        ReferenceKind.Products, static topics => topics.Products, static product => product.Id, static product => product.Version,
        static (product, version, actor, reason) => product with { Version = version, Actor = actor, Reason = reason },
        ProductRows.Build, ProductRows.Of);
}
