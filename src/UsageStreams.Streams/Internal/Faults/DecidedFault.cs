using System.Text;
using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>A fault and what was decided about it; the record itself is read again.</summary>
internal sealed record DecidedFault(FaultDecision Decision, FaultKind Kind, string Node, Exception Cause)
{
    private const int MostOfTrace = 2000;
    private const int MostOfMessage = 1000;

    /// <summary>The record's headers, and why it is a dead letter.</summary>
    public RecordHeaders DeadLetterHeadersOf(in InputRecord input, RecordMetadata record, TaskId task)
    {
        (string Name, string? Value)[] added =
        [
            (DeadLetterHeaders.Exception, Cause.GetType().FullName),
            (DeadLetterHeaders.StackTrace, Cause.StackTrace is { } trace ? Beginning(trace, MostOfTrace) : null),
            (DeadLetterHeaders.Message, Beginning(Cause.Message, MostOfMessage)),
            (DeadLetterHeaders.Topic, record.Topic),
            (DeadLetterHeaders.Partition, FormattableString.Invariant($"{record.Partition}")),
            (DeadLetterHeaders.Offset, FormattableString.Invariant($"{record.Offset}")),
            (DeadLetterHeaders.Task, task.ToString()),
            (DeadLetterHeaders.Node, Node),
            (DeadLetterHeaders.Kind, Kind.ToString()),
        ];
        var headers = new List<RecordHeader>(input.Headers.Count + added.Length);
        foreach (RecordHeader header in input.Headers)
        {
            // A dead letter that was sent again and failed again tells the last cause only.
            if (!Array.Exists(added, a => a.Name == header.Key))
                headers.Add(header);
        }

        foreach ((string name, string? value) in added)
        {
            if (value is not null)
                headers.Add(new RecordHeader(name, Encoding.UTF8.GetBytes(value)));
        }

        return RecordHeaders.Owning([.. headers]);
    }

    private static string Beginning(string text, int most) => text.Length <= most ? text : text[..most] + "…";
}
