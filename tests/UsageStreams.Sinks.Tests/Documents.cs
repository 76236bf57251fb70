using UsageStreams.Model;

namespace UsageStreams.Sinks.Tests;

internal static class Documents
{
    private static readonly DateTimeOffset July = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);

    public static BillingTransaction Transaction(string id = "tx-1", string account = "acme", decimal amount = 122.84m, int number = 1) => new()
    {
        Id = id, Account = account, Contract = "c-1", Number = number, Adjusts = number == 1 ? null : "tx-1",
        PeriodStart = July, PeriodEnd = July.AddMonths(1), Currency = "EUR", LegalEntity = "LE-1", BillTo = "CUST-1",
        State = TransactionState.Approved, Total = amount,
        Lines =
        [
            new TransactionLine
            {
                Metric = "api.calls", Item = "SKU-API", Description = "API calls", Quantity = 1_334.567000000m, Included = 100, Billable = 1_234.567000000m,
                UnitPrice = 0.0995m, Amount = amount, Entries = 3, Digest = new byte[16],
            },
        ],
        Trace = new Trace(),
    };

    public static CrmSignal Health(string id, string account = "acme", int score = 70, string? name = null) => Signal(id, account, name, new AccountHealth
    {
        Day = July, Score = score, ActiveUsers = 3, LastUsage = July.AddHours(5),
        Usage = new Dictionary<string, decimal> { ["bytes.out"] = 5.50m, ["api.calls"] = 12 },
        PeriodToDate = new Dictionary<string, decimal> { ["api.calls"] = 812 },
    });

    public static CrmSignal Alert(string id, string account = "acme", int percent = 80) => Signal(id, account, null, new LimitAlert
    {
        Metric = "api.calls", PeriodStart = July, Percent = percent, Quantity = 800, Included = 1_000,
    });

    public static Delivery<BillingTransaction> Deliver(BillingTransaction document) => new(document.Id, document.Account, document);

    public static Delivery<CrmSignal> Deliver(CrmSignal document) => new(document.Id, document.Account, document);

    private static CrmSignal Signal(string id, string account, string? name, ICrmSignalBody body) => new()
    {
        Id = id, Account = account, CrmAccount = $"CRM-{account}", AccountName = name ?? account, Time = July.AddDays(1), Body = body,
        Trace = new Trace { CorrelationId = $"why-{id}" },
    };
}
