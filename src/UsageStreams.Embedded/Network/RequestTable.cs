using UsageStreams.Embedded.Requests;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Network;

/// <summary>Finds the handler of a frame by its header and frames the answer.</summary>
internal sealed class RequestTable
{
    private readonly Dictionary<ApiKey, IRequestHandler> _handlers;
    private readonly ApiVersions _apiVersions;
    private readonly Func<ApiKey, string, RequestFault>? _fault;

    public RequestTable(BrokerParts broker)
    {
        _fault = broker.Options.Fault;
        _apiVersions = new ApiVersions(() => _handlers!.Values.Select(handler => handler.Versions).OrderBy(range => range.Key));
        IRequestHandler[] handlers =
        [
            new Produce(broker), new Fetch(broker), new ListOffsets(broker), new Metadata(broker), new OffsetCommit(broker), new OffsetFetch(broker),
            new FindCoordinator(broker), new JoinGroup(broker), new Heartbeat(broker), new LeaveGroup(broker), new SyncGroup(broker),
            new DescribeGroups(broker), new ListGroups(broker), _apiVersions, new CreateTopics(broker), new DeleteTopics(broker),
            new DeleteRecords(broker), new InitProducerId(broker), new OffsetForLeaderEpoch(broker), new AddPartitionsToTxn(broker),
            new AddOffsetsToTxn(broker), new EndTxn(broker), new TxnOffsetCommit(broker), new DescribeConfigs(broker), new AlterConfigs(broker),
            new CreatePartitions(broker), new DeleteGroups(broker), new IncrementalAlterConfigs(broker), new OffsetDelete(broker),
            new DescribeCluster(broker), new DescribeProducers(broker), new DescribeTransactions(broker), new ListTransactions(broker),
        ];
        _handlers = handlers.ToDictionary(handler => handler.Versions.Key);
    }

    /// <summary>Reads the header, lets the handler write the answer's body, and completes the frame in the request's writer.</summary>
    /// <exception cref="MalformedFrameException">The request is not known or cannot be read; the connection is to be closed.</exception>
    public async ValueTask AnswerAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        var key = (ApiKey)reader.ReadInt16();
        request.Version = reader.ReadInt16();
        int correlation = reader.ReadInt32();
        request.ClientId = reader.ReadClientId() ?? "";
        request.HasNoAnswer = false;
        request.Key = key;
        RequestFault fault = _fault?.Invoke(key, request.ClientId) ?? default;
        request.Refusal = fault.Refusal;
        writer.Reset();
        int size = writer.ReserveInt32();
        writer.WriteInt32(correlation);
        if (!_handlers.TryGetValue(key, out var handler))
            throw new MalformedFrameException($"request {(short)key} is not served.");
        if (handler.Versions.Serves(request.Version))
        {
            reader.Flexible = writer.Flexible = handler.Versions.IsFlexible(request.Version);
            reader.SkipTags();
            // The one exception: clients read the answer to ApiVersions before they know which versions the broker speaks.
            if (key != ApiKey.ApiVersions)
                writer.WriteNoTags();
            await handler.HandleAsync(request, cancellation);
            if (fault.LosesAnswer)
                throw new OperationCanceledException("The answer is lost on purpose.");
        }
        else if (key == ApiKey.ApiVersions)
        {
            _apiVersions.WriteUnsupported(writer);
        }
        else
        {
            throw new MalformedFrameException($"{key} version {request.Version} is not served ({handler.Versions.FirstServed} to {handler.Versions.Max} are).");
        }

        writer.PatchInt32(size, writer.Length - 4);
    }
}
