using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>A row of a file: cells by column. What can't be read is told as a fault, and a plain value takes its place.</summary>
internal sealed class ReferenceRow(IReadOnlyDictionary<string, int> columns, string[] cells, Place place, ImportFaults faults)
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.fffK"];

    public Place Place => place;

    public ImportFaults Faults => faults;

    /// <summary>A cell; empty when there is none.</summary>
    public string Text(string column) => columns.TryGetValue(column, out var index) ? cells[index] : "";

    /// <summary>A cell, or null when it is empty.</summary>
    public string? TextOrNull(string column) => Text(column) is { Length: > 0 } text ? text : null;

    /// <summary>A cell that must not be empty.</summary>
    public string Must(string column)
    {
        var text = Text(column);
        if (text.Length == 0)
            Fault($"{column} is empty; it is needed.");
        return text;
    }

    /// <summary>An instant: a date is its first in UTC, a time says its offset.</summary>
    public DateTimeOffset? Time(string column)
    {
        var text = Text(column);
        if (text.Length == 0)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        // Text without an offset would be read as this machine's time.
        if (HasOffset(text) && DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
            return time;
        Fault($"{column} '{text}' is no instant; write 2026-05-31, 2026-05-31T22:00:00Z or 2026-05-31T22:00:00.000+02:00.");
        return null;
    }

    /// <summary>An instant that must be there.</summary>
    public DateTimeOffset MustTime(string column)
    {
        Must(column);
        return Time(column) ?? default;
    }

    /// <summary>A whole number between two limits, both allowed.</summary>
    public int Number(string column, int least, int most, int? otherwise = null)
    {
        if (Text(column) is "" && otherwise is { } value)
            return value;
        if (int.TryParse(Must(column), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        if (Text(column).Length > 0)
            Fault(string.Create(CultureInfo.InvariantCulture, $"{column} '{Text(column)}' is no whole number from {least} to {most}."));
        return least;
    }

    /// <summary>A decimal of 28 digits, 9 of them behind the point, not below zero.</summary>
    public decimal Quantity(string column)
    {
        if (ExactDecimal.TryParse(Must(column), out var value) && value >= 0)
            return value;
        if (Text(column).Length > 0)
            Fault($"{column} '{Text(column)}' is no number from 0 on with at most 28 digits, 9 of them behind the point.");
        return 0;
    }

    /// <summary>Start and end of what the row says; the end comes after the start.</summary>
    public (DateTimeOffset From, DateTimeOffset? To) Term()
    {
        var (from, to) = (MustTime("from"), Time("to"));
        if (to <= from)
            Fault($"to {Text("to")} does not lie after from {Text("from")}; the end is the first instant that is no more part of it.");
        return (from, to);
    }

    public void Fault(string text) => faults.Add(place, text);

    private static bool HasOffset(string text) => text[^1] == 'Z' || (text.Length > 6 && text[^6] is '+' or '-');
}
