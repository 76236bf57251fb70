using System.Text;
using UsageStreams.Avro;
using UsageStreams.Host.Reference.Import;

namespace UsageStreams.Host.Reference.Export;

/// <summary>Writes the topics' contents as the CSV files that an import takes.</summary>
internal sealed class ReferenceExport(ReferenceTopics topics, string folder)
{
    /// <summary>Writes a file for each kind.</summary>
    /// <returns>The files, with the number of records in each.</returns>
    public IReadOnlyList<(string File, int Records)> Run(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        return
        [
            Write(RecordKinds.Tenants, cancellation), Write(RecordKinds.Accounts, cancellation),
            Write(RecordKinds.Contracts, cancellation), Write(RecordKinds.Products, cancellation),
        ];
    }

    // Twice through the topic, so that of a million records only the places of the last of each key are held.
    private (string File, int Records) Write<T>(RecordKind<T> kind, CancellationToken cancellation)
        where T : class, IAvroRecord<T>
    {
        var topic = kind.Topic(topics.Names);
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 0;
        topics.Read<T>(topic, (id, _) => last[id] = number++, cancellation);

        var path = Path.Combine(folder, kind.Kind.Name + ".csv");
        using var output = new StreamWriter(path, append: false, new UTF8Encoding(false));
        CsvWriter.Write(output, kind.Kind.Columns);
        var (written, at) = (0, 0);
        topics.Read<T>(topic, (id, value) =>
        {
            if (at++ != last.GetValueOrDefault(id, -1) || value is null)
                return;
            written++;
            foreach (var row in kind.Rows(value))
                CsvWriter.Write(output, row);
        }, cancellation);
        return (path, written);
    }
}
