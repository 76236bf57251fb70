using UsageStreams.Host.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Host.Import;

/// <summary>
/// Publishes a file's lines, each exactly once however often it is started or stopped: events, rejected lines and the progress they
/// make are written in one transaction, and a later run goes on behind the last one that was committed.
/// </summary>
internal sealed class Importer(KafkaAccess access, UsageValues values, ImportOptions options, TimeProvider time)
{
    /// <summary>Publishes what was not published yet.</summary>
    /// <param name="report">Told after each transaction.</param>
    /// <param name="cancellation">Ends the import behind its last transaction.</param>
    /// <exception cref="HostException">The file can't be read or is another one than before; Kafka or the registry fails.</exception>
    public async Task<ImportResult> RunAsync(Action<ImportResult>? report, CancellationToken cancellation)
    {
        // Before the progress is read: this aborts what an import that was killed left open.
        using var publisher = new UsagePublisher(access, values, "import-" + options.Source);
        var before = ReadProgress(cancellation);
        using var reader = Open();
        if (before is not null)
            GoOn(reader, before);
        var result = new ImportResult(reader.LineNumber, reader.LineNumber, reader.Offset, 0, 0);
        if (before is not null && reader.AtEnd && !(options.CompleteUntil > (before.CompleteUntil ?? DateTimeOffset.MinValue)))
            return result;

        var pace = new Pace(options.EventsPerSecond, time);
        var ended = false;
        while (!ended)
        {
            cancellation.ThrowIfCancellationRequested();
            (result, ended) = PublishTransaction(publisher, reader, result, pace.Batch(options.LinesPerTransaction));
            report?.Invoke(result);
            await pace.WaitAsync(result.Published + result.Rejected, cancellation);
        }

        return result;
    }

    private (ImportResult Result, bool Ended) PublishTransaction(UsagePublisher publisher, LineReader reader, ImportResult before, int lines)
    {
        publisher.Begin();
        try
        {
            var result = PublishLines(publisher, reader, before, lines);
            var ended = reader.AtEnd;
            if (ended && options.CompleteUntil is { } until)
                publisher.Complete(until);
            publisher.Progress(ProgressOf(reader, ended));
            publisher.Commit();
            return (result, ended);
        }
        catch (Exception error) when (error is not HostException)
        {
            publisher.Abort();
            throw;
        }
    }

    private ImportResult PublishLines(UsagePublisher publisher, LineReader reader, ImportResult before, int lines)
    {
        var (published, rejected) = (before.Published, before.Rejected);
        for (var count = 0; count < lines && reader.TryRead(out var line); count++)
        {
            // A blank line says nothing; it only keeps its number.
            if (line.IsEmpty)
                continue;
            string? reason = null;
            if (!reader.TooLong && options.Format.TryRead(line, reader.LineNumber, options.Source, out var imported, out reason))
            {
                publisher.Publish(imported.Event, imported.Traceparent);
                published++;
                continue;
            }

            reason ??= $"the line is longer than {LineReader.DefaultMaxLineBytes} bytes; its beginning is kept";
            publisher.Reject(Rejected(new UnreadableLine(reader.LineNumber, reason, line.ToArray())));
            rejected++;
        }

        return before with { Lines = reader.LineNumber, Bytes = reader.Offset, Published = published, Rejected = rejected };
    }

    private RejectedEvent Rejected(UnreadableLine line) => new()
    {
        Topic = options.Source,
        Partition = -1,
        Offset = line.LineNumber,
        Value = line.Bytes,
        Reason = "unreadable-line",
        Text = $"Line {line.LineNumber} of {Path.GetFileName(options.File)}: {line.Reason}.",
        Arrival = time.GetUtcNow(),
    };

    private ImportProgress ProgressOf(LineReader reader, bool ended) => new()
    {
        Source = options.Source,
        Format = options.Format.Name,
        File = Path.GetFullPath(options.File),
        Lines = reader.LineNumber,
        Bytes = reader.Offset,
        Prefix = reader.Prefix(),
        CompleteUntil = ended ? options.CompleteUntil : null,
    };

    private ImportProgress? ReadProgress(CancellationToken cancellation)
    {
        ImportProgress? found = null;
        TopicReader.ReadToEnd(
            access, access.Topics.Imports,
            record =>
            {
                if (record.Message.Value is { } value && values.Read<ImportProgress>(access.Topics.Imports, value) is var progress
                    && progress.Source == options.Source)
                    found = progress;
            },
            cancellation);
        return found;
    }

    private LineReader Open()
    {
        try
        {
            return new LineReader(File.OpenRead(options.File));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HostException(ExitCodes.Usage, $"{options.File} can't be read: {error.Message}", error);
        }
    }

    private void GoOn(LineReader reader, ImportProgress before)
    {
        if (before.Format != options.Format.Name)
            throw new HostException(ExitCodes.Usage,
                $"The source '{options.Source}' was imported as {before.Format}, not as {options.Format.Name}. Choose another name with --as.");
        if (!reader.TrySkip(before.Bytes, before.Lines, before.Prefix))
            throw new HostException(ExitCodes.Usage,
                $"{options.File} is not the file that was imported as '{options.Source}': its first {before.Bytes} bytes differ from those of {before.File}. " +
                "To import it too, choose another name with --as.");
    }
}
