using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>A contract: one row for each metric it bills; a single row without a metric when it bills none.</summary>
internal static class ContractRows
{
    private const int MaxLockDays = 40;
    private const int MaxDigits = 9;

    public static Contract Build(RowGroup group)
    {
        foreach (var column in (ReadOnlySpan<string>)["from", "to", "zone", "anchorDay", "currencyDigits", "lockDays"])
            group.Shared(column);
        var first = group.First;
        var (from, to) = first.Term();
        var currency = group.MustShared("currency");
        var known = Currencies.DigitsOf(currency);
        if (known is null && currency.Length > 0)
            first.Fault($"currency '{currency}' is none of ISO 4217; write its three capital letters, such as EUR.");
        return new Contract
        {
            Id = group.Id,
            Account = group.MustShared("account"),
            From = from,
            To = to,
            Currency = currency,
            CurrencyDigits = first.Number("currencyDigits", 0, MaxDigits, known ?? 0),
            Zone = first.Must("zone"),
            AnchorDay = AnchorDay(first),
            LockDays = first.Number("lockDays", 0, MaxLockDays, 5),
            Lines = Lines(group),
        };
    }

    public static IEnumerable<string?[]> Of(Contract contract) => contract.Lines.Count == 0
        ? [Row(contract, null)]
        : contract.Lines.Select(line => Row(contract, line));

    private static string?[] Row(Contract contract, ContractLine? line) =>
    [
        contract.Id, contract.Account, CellText.Of(contract.From), contract.Currency, contract.Zone, CellText.Of(contract.AnchorDay),
        line?.Metric, line?.Item, CellText.Of(line?.Included), CellText.Of(line?.UnitPrice),
        CellText.Of(contract.To), CellText.Of(contract.CurrencyDigits), CellText.Of(contract.LockDays), line?.Product,
    ];

    // Zone and day are judged by the calendar itself.
    private static int AnchorDay(ReferenceRow row)
    {
        var text = row.Must("anchorDay");
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var day) || row.Text("zone").Length == 0)
        {
            if (text.Length > 0 && day == 0)
                row.Fault($"anchorDay '{text}' is no number.");
            return 1;
        }

        try
        {
            BillingCalendar.Of(row.Text("zone"), day);
        }
        catch (ModelException error)
        {
            row.Fault(error.Message);
        }

        return day;
    }

    private static List<ContractLine> Lines(RowGroup group)
    {
        var lines = new List<ContractLine>(group.Rows.Count);
        foreach (var row in group.Rows)
        {
            if (row.Text("metric").Length == 0 && group.Rows.Count == 1 && row.Text("item").Length == 0)
                continue;
            var line = new ContractLine
            {
                Metric = row.Must("metric"), Item = row.Must("item"), Included = row.Quantity("included"), UnitPrice = row.Quantity("unitPrice"), Product = row.TextOrNull("product"),
            };
            if (lines.Exists(other => other.Metric == line.Metric))
                row.Fault($"contract {group.Id} has a line for metric {line.Metric} already; one prices it.");
            lines.Add(line);
        }

        return lines;
    }
}
