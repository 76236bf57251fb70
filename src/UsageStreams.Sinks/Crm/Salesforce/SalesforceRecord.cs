using System.Text.Json;
using UsageStreams.Model;

namespace UsageStreams.Sinks.Crm.Salesforce;

/// <summary>A record as it is sent: its external id and its JSON.</summary>
internal sealed record SalesforceRecord(string ExternalId, byte[] Json)
{
    /// <summary>An account with the health a signal tells, or, of any other signal, only with its name.</summary>
    public static SalesforceRecord Account(CrmSignal signal, SalesforceOptions options) => new(signal.CrmAccount, Payload.Write(writer =>
    {
        Start(writer, "Account", options.ExternalIdField, signal.CrmAccount);
        writer.WriteString("Name", signal.AccountName);
        if (signal.Body is AccountHealth health) WriteHealth(writer, signal, health, options.PeriodToDateFields);
        writer.WriteEndObject();
    }));

    /// <summary>
    /// A task for the people of an account. Its status is not sent: a new task starts open by itself, and one that somebody has
    /// closed stays closed when the alert is delivered again.
    /// </summary>
    public static SalesforceRecord Task(CrmSignal signal, LimitAlert alert, string accountId, SalesforceOptions options) => new(signal.Id, Payload.Write(writer =>
    {
        Start(writer, "Task", options.ExternalIdField, signal.Id);
        writer.WriteString("WhatId", accountId);
        writer.WriteString("Subject", $"{alert.Metric} at {alert.Percent} % of what is included");
        writer.WriteString("Description", $"{Plain(alert.Quantity)} of {Plain(alert.Included)} used in the period from {alert.PeriodStart.UtcDateTime:yyyy-MM-dd}.");
        writer.WriteString("Priority", alert.Percent >= 100 ? "High" : "Normal");
        writer.WriteString("ActivityDate", signal.Time.UtcDateTime.ToString("yyyy-MM-dd"));
        WriteCorrelation(writer, signal);
        writer.WriteEndObject();
    }));

    private static void Start(Utf8JsonWriter writer, string type, string externalIdField, string externalId)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("attributes");
        writer.WriteString("type", type);
        writer.WriteEndObject();
        writer.WriteString(externalIdField, externalId);
    }

    private static void WriteHealth(Utf8JsonWriter writer, CrmSignal signal, AccountHealth health, IReadOnlyDictionary<string, string> periodToDateFields)
    {
        writer.WriteNumber("UB_Health_Score__c", health.Score);
        writer.WriteString("UB_Health_Day__c", health.Day.UtcDateTime.ToString("yyyy-MM-dd"));
        writer.WriteDecimal("UB_Active_Users__c", health.ActiveUsers);
        writer.WriteString("UB_Last_Usage__c", health.LastUsage.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        writer.WriteString("UB_Day_Usage__c", Describe(health.Usage));
        writer.WriteString("UB_MTD_Usage__c", Describe(health.PeriodToDate));
        foreach (var (metric, field) in periodToDateFields)
            if (health.PeriodToDate.TryGetValue(metric, out var quantity)) writer.WriteDecimal(field, quantity);
        WriteCorrelation(writer, signal);
    }

    private static void WriteCorrelation(Utf8JsonWriter writer, CrmSignal signal)
    {
        if (signal.Trace.CorrelationId is { } correlation) writer.WriteString("UB_Correlation_Id__c", correlation);
    }

    private static string Describe(IReadOnlyDictionary<string, decimal> quantities) =>
        string.Join("; ", quantities.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} {Plain(entry.Value)}"));

    private static string Plain(decimal value) => value.ToString("0.#########");
}
