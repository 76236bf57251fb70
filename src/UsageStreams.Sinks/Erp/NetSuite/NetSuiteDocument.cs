using System.Text.Json;
using UsageStreams.Model;

namespace UsageStreams.Sinks.Erp.NetSuite;

/// <summary>
/// A billing transaction in NetSuite's words: an invoice, or a credit memo when the customer gets money back (NetSuite has no
/// negative invoice), then with all signs turned.
/// </summary>
internal sealed class NetSuiteDocument
{
    private readonly BillingTransaction _transaction;
    private readonly TimeZoneInfo _zone;
    private readonly bool _isCredit;

    public NetSuiteDocument(BillingTransaction transaction, TimeZoneInfo zone)
    {
        _transaction = transaction;
        _zone = zone;
        _isCredit = transaction.Total < 0;
        Body = Payload.Write(WriteDocument);
    }

    public string RecordType => _isCredit ? "creditMemo" : "invoice";

    public string ExternalId => NetSuiteExternalId.Of(_transaction.Id);

    public byte[] Body { get; }

    private void WriteDocument(Utf8JsonWriter writer)
    {
        var (first, last) = (DayOf(_transaction.PeriodStart), DayOf(_transaction.PeriodEnd.AddTicks(-1)));
        writer.WriteStartObject();
        writer.WriteReference("entity", _transaction.BillTo);
        writer.WriteReference("subsidiary", _transaction.LegalEntity);
        writer.WriteReference("currency", _transaction.Currency);
        writer.WriteString("tranDate", last);
        if (!_isCredit)
        {
            writer.WriteString("startDate", first);
            writer.WriteString("endDate", last);
        }

        var adjusts = _transaction.Adjusts is { } adjusted ? $", adjusts {adjusted}" : "";
        writer.WriteString("memo", $"Usage {first} to {last}, transaction {_transaction.Id}{adjusts}");
        writer.WriteStartObject("item");
        writer.WriteStartArray("items");
        for (var i = 0; i < _transaction.Lines.Count; i++) WriteLine(writer, _transaction.Lines[i], i + 1);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // Quantity is what is to be paid, so that quantity times rate is the amount; what was used in all stands in the description.
    private void WriteLine(Utf8JsonWriter writer, TransactionLine line, int number)
    {
        var sign = _isCredit ? -1 : 1;
        writer.WriteStartObject();
        writer.WriteNumber("line", number);
        writer.WriteReference("item", line.Item);
        writer.WriteDecimal("quantity", sign * line.Billable);
        writer.WriteDecimal("rate", line.UnitPrice);
        writer.WriteDecimal("amount", sign * line.Amount);
        writer.WriteString("description", line.Description);
        writer.WriteEndObject();
    }

    private string DayOf(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, _zone).ToString("yyyy-MM-dd");
}
