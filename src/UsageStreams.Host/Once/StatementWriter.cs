using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Host.Once;

/// <summary>Says a statement to people and to programs.</summary>
internal static class StatementWriter
{
    /// <summary>One JSON object; quantities and money are numbers with all their digits and no zeros behind them.</summary>
    public static string Json(Statement statement)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            Write(writer, statement);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>A page for people.</summary>
    public static string Text(Statement statement)
    {
        var text = new StringBuilder();
        var events = statement.Events;
        Line(text, "events", $"{events.Read:N0} read, {events.Counted:N0} counted, {events.Duplicate:N0} duplicate, {events.Rejected:N0} rejected, {events.Parked:N0} parked, {events.LateRejected:N0} too late");
        Line(text, "tenants", $"{statement.Tenants:N0} in {statement.Accounts:N0} accounts");
        foreach (var (metric, quantity) in statement.Metrics)
            Line(text, metric, $"{Plain(quantity):#,0.#########}");
        Line(text, "transactions", $"{(statement.Transactions.Count == 0 ? "none" : string.Join(", ", statement.Transactions.Select(static state => $"{state.Value:N0} {state.Key}")))}");
        Line(text, "ERP sandbox", $"{statement.ErpDocuments:N0} documents, {statement.ErpTotal:N2} USD");
        Line(text, "CRM sandbox", $"{statement.CrmSignals:N0} signals");
        Line(text, "recount", $"{(statement.Differences.Count == 0 ? "equal" : "differs")}");
        foreach (var difference in statement.Differences)
            Line(text, "", $"{difference}");
        Line(text, "took", $"{statement.Seconds:N1} s");
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, FormattableString value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name,-14}").AppendLine(value.ToString(CultureInfo.InvariantCulture));

    private static void Write(Utf8JsonWriter writer, Statement statement)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("events");
        writer.WriteNumber("read", statement.Events.Read);
        writer.WriteNumber("counted", statement.Events.Counted);
        writer.WriteNumber("duplicate", statement.Events.Duplicate);
        writer.WriteNumber("rejected", statement.Events.Rejected);
        writer.WriteNumber("parked", statement.Events.Parked);
        writer.WriteNumber("lateRejected", statement.Events.LateRejected);
        writer.WriteEndObject();
        writer.WriteNumber("tenants", statement.Tenants);
        writer.WriteNumber("accounts", statement.Accounts);
        writer.WriteStartObject("metrics");
        foreach (var (metric, quantity) in statement.Metrics)
            writer.WriteNumber(metric, Plain(quantity));
        writer.WriteEndObject();
        writer.WriteStartObject("transactions");
        foreach (var (state, count) in statement.Transactions)
            writer.WriteNumber(state, count);
        writer.WriteEndObject();
        writer.WriteStartObject("erp");
        writer.WriteNumber("documents", statement.ErpDocuments);
        writer.WriteNumber("total", Plain(statement.ErpTotal));
        writer.WriteEndObject();
        writer.WriteStartObject("crm");
        writer.WriteNumber("signals", statement.CrmSignals);
        writer.WriteEndObject();
        writer.WriteString("recount", statement.Recount);
        writer.WriteNumber("seconds", Math.Round(statement.Seconds, 1));
        writer.WriteEndObject();
    }

    // Dividing by one with all its digits drops the zeros behind a decimal.
    private static decimal Plain(decimal value) => value / 1.0000000000000000000000000000m;
}
