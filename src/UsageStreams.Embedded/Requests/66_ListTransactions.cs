using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Transactions;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>ListTransactions 0 to 1, flexible: transactional ids by state, producer and (1) running time.</summary>
internal sealed class ListTransactions(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.ListTransactions, 0, 1, 0);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        string[] states = reader.ReadStringArray();
        long[] producers = new long[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < producers.Length; i++)
            producers[i] = reader.ReadInt64();
        long minimumMs = request.Version >= 1 ? reader.ReadInt64() : -1;
        long now = broker.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var found = broker.Transactions.All.Select(transaction => transaction.Record)
            .Where(record => states.Length == 0 || states.Contains(record.State.ToString(), StringComparer.Ordinal))
            .Where(record => producers.Length == 0 || producers.Contains(record.ProducerId))
            .Where(record => minimumMs < 0 || (record.StartedAtMs >= 0 && now - record.StartedAtMs >= minimumMs)).ToArray();
        request.WriteNoThrottle();
        writer.WriteError(ErrorCode.None);
        writer.WriteStringArray([.. states.Where(state => !Enum.TryParse<TransactionState>(state, out _))]);
        writer.WriteArrayLength(found.Length);
        foreach (var record in found)
        {
            writer.WriteString(record.TransactionalId);
            writer.WriteInt64(record.ProducerId);
            writer.WriteString(record.State.ToString());
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}
