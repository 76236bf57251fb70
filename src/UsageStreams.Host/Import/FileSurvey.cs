namespace UsageStreams.Host.Import;

/// <summary>What a first pass over a file finds: who is in it, and when.</summary>
internal sealed record FileSurvey(IReadOnlyList<string> Tenants, long Lines, long Events, DateTimeOffset? FirstEvent, DateTimeOffset? LastEvent)
{
    /// <summary>
    /// The first instant of the month after the last event, and a day: by then every window of the file is over, and so is its last
    /// billing month. Null when the file holds no event.
    /// </summary>
    public DateTimeOffset? CompleteUntil =>
        LastEvent is { } last ? new DateTimeOffset(last.Year, last.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1).AddDays(1) : null;

    /// <summary>Reads a file from beginning to end.</summary>
    public static FileSurvey Of(string file, ILineFormat format, string source, CancellationToken cancellation)
    {
        using var reader = new LineReader(File.OpenRead(file));
        var tenants = new HashSet<string>(StringComparer.Ordinal);
        long events = 0;
        DateTimeOffset? first = null, last = null;
        while (reader.TryRead(out var line))
        {
            cancellation.ThrowIfCancellationRequested();
            if (reader.TooLong || !format.TryRead(line, reader.LineNumber, source, out var imported, out _))
                continue;
            events++;
            tenants.Add(imported.Event.Tenant);
            var time = imported.Event.Time;
            first = first < time ? first : time;
            last = last > time ? last : time;
        }

        return new FileSurvey([.. tenants.Order(StringComparer.Ordinal)], reader.LineNumber, events, first, last);
    }
}
