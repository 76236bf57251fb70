using System.Diagnostics;
using System.Globalization;
using UsageStreams.Host.Kafka;
using UsageStreams.Integration.Engine;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Integration.Chain;

/// <summary>A million tenants of 200,000 accounts, imported as a person imports them, and a worker that finds each of them.</summary>
public sealed class MillionTenantsTests(ChainKafka kafka) : IClassFixture<ChainKafka>
{
    private const int Tenants = 1_000_000;
    private const int TenantsOfAnAccount = 5;
    private const int Accounts = Tenants / TenantsOfAnAccount;

    // Has no factor in common with the number of tenants of an account, so that each of an account's places is among those asked for.
    private const int Stride = 9_973;

    private static readonly DateTimeOffset Hour = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(-12), TimeSpan.Zero);

    private readonly string _folder = Directory.CreateDirectory(kafka.Folder("million")).FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_million_tenants_are_imported_and_their_usage_comes_to_their_accounts()
    {
        var options = kafka.Options(out var prefix);
        var access = new KafkaAccess(new KafkaConnection(kafka.Bootstrap), new Uri(kafka.Registry), new UsageTopics(prefix));
        int[] sample = [.. Enumerable.Range(0, Tenants).Where(static tenant => tenant % Stride == 0), Tenants - 1];

        var (exitCode, output, errors) = await UsageStreamsCommand.RunAsync(["ref", "import", Contracts(), AccountsFile(), TenantsFile(), "--reason", "all of them", .. options]);
        exitCode.ShouldBe(0, errors);
        output.ShouldBe(string.Create(CultureInfo.InvariantCulture,
            $"products: 0 new, 0 changed, 0 unchanged, 0 taken out\ncontracts: {Accounts} new, 0 changed, 0 unchanged, 0 taken out\n"
            + $"accounts: {Accounts} new, 0 changed, 0 unchanged, 0 taken out\ntenants: {Tenants} new, 0 changed, 0 unchanged, 0 taken out\n"));
        using var session = await KafkaSession.OpenAsync(access, Cancellation);
        PublishUsage(access, session.Values, sample);
        using var worker = StartWorker(options);
        List<LedgerEntry> entries = [];
        await Eventually.TrueAsync(() => (entries = Ledger(access, session.Values)).Sum(static entry => entry.Count) >= sample.Length, "the usage of all tenants of the sample in the ledger");
        worker.StandardInput.Close();
        await worker.WaitForExitAsync(Cancellation);

        entries.Select(static entry => (entry.Account, entry.Contract, Tenant: entry.Mappings.ShouldHaveSingleItem(), entry.Quantity, entry.Count)).ShouldBe(
            sample.Select(static tenant => (AccountOf(tenant), ContractOf(tenant), Tenant: TenantOf(tenant) + "@1", Quantity(tenant), 1L)), ignoreOrder: true);
        Parked(access, session.Values).ShouldBe([TenantOf(Tenants)]);
    }

    // An event of each tenant of the sample, one of a tenant that is none of the million, and word that the hour is over.
    private static void PublishUsage(KafkaAccess access, UsageValues values, int[] sample)
    {
        using var publisher = new UsagePublisher(access, values, "million");
        publisher.Begin();
        publisher.Publish(access.Topics.Metrics, "sum@1", new Metric
        {
            Code = "sum", Version = 1, From = DateTimeOffset.UnixEpoch, EventTypes = ["used"], Aggregation = Aggregation.Sum, Unit = "unit", Window = MetricWindow.Hour, GraceMillis = 0, Owner = "finance",
        });
        foreach (var tenant in sample.Append(Tenants))
        {
            publisher.Publish(new UsageEvent
            {
                Id = "1", Source = "test", Type = "used", Tenant = TenantOf(tenant), Product = "app", Time = Hour.AddMinutes(tenant % 60), Quantity = Quantity(tenant),
            });
        }

        publisher.Complete(Hour.AddHours(2));
        publisher.Commit();
    }

    private static Process StartWorker(string[] options)
    {
        var worker = UsageStreamsCommand.Start(["worker", "metering", "--child", .. options]);
        worker.OutputDataReceived += static (_, _) => { };
        worker.ErrorDataReceived += static (_, _) => { };
        worker.BeginOutputReadLine();
        worker.BeginErrorReadLine();
        return worker;
    }

    private static List<LedgerEntry> Ledger(KafkaAccess access, UsageValues values)
    {
        List<LedgerEntry> entries = [];
        TopicReader.ReadToEnd(access, access.Topics.Ledger, record =>
        {
            if (record.Message.Value is { } value) entries.Add(values.Read<LedgerEntry>(access.Topics.Ledger, value));
        }, Cancellation);
        return entries;
    }

    private static List<string> Parked(KafkaAccess access, UsageValues values)
    {
        List<string> parked = [];
        TopicReader.ReadToEnd(access, access.Topics.Parked, record => parked.Add(values.Read<ParkedTenant>(access.Topics.Parked, record.Message.Value).Tenant), Cancellation);
        return [.. parked.Distinct(StringComparer.Ordinal)];
    }

    private string TenantsFile() => Write("tenants.csv", "id,account,from,to", Tenants, static tenant => $"{TenantOf(tenant)},{AccountOf(tenant)},2020-01-01,");

    private string AccountsFile() => Write("accounts.csv", "id,name,legalEntity,soldTo,billTo,crmAccount,contracts", Accounts, static account =>
        $"a{account:D6},Account {account},LE-1,S{account},B{account},{account:D15},c{account:D6}");

    private string Contracts() => Write("contracts.csv", "id,account,from,currency,zone,anchorDay,metric,item,included,unitPrice", Accounts, static account =>
        $"c{account:D6},a{account:D6},2020-01-01,EUR,Europe/Berlin,{(account % 31) + 1},sum,USED,10,0.5");

    private string Write(string name, string header, int count, Func<int, FormattableString> row)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(index => FormattableString.Invariant(row(index))).Prepend(header));
        return path;
    }

    private static string TenantOf(int tenant) => FormattableString.Invariant($"t{tenant:D7}");

    private static string AccountOf(int tenant) => FormattableString.Invariant($"a{tenant / TenantsOfAnAccount:D6}");

    private static string ContractOf(int tenant) => FormattableString.Invariant($"c{tenant / TenantsOfAnAccount:D6}");

    // Each of the sample has its own.
    private static decimal Quantity(int tenant) => tenant + 0.25m;
}
