using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Protocol;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>What a coordinator coordinates; the numbers are the wire.</summary>
internal enum CoordinatorKind : sbyte
{
    Group = 0,
    Transaction = 1,
}

/// <summary>
/// The broker that coordinates a group or a transactional id. It is found, followed when it moves, and asked again for as long as what it
/// answers may pass; each of the requests to it may be repeated.
/// </summary>
internal sealed class Coordinator(WireSettings settings, Cluster cluster, CoordinatorKind kind, string key) : IDisposable
{
    private readonly WireConnection _connection = new(settings);
    private readonly SemaphoreSlim _turn = new(1);
    private BrokerAddress? _address;

    /// <summary>Asks until the answer is no error.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the answer and tells the first error in it.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="KafkaException">An error that does not pass, or did not in time.</exception>
    public async Task CallAsync(WireRequest request, Func<WireReader, ErrorCode> read, TimeSpan timeout, CancellationToken stopping)
    {
        long start = Stopwatch.GetTimestamp();
        await _turn.WaitAsync(stopping);
        try
        {
            var pause = new Backoff(settings.LongestBackoff);
            while (true)
            {
                (Error error, bool atOnce) = await TryAsync(request, read, stopping);
                if (error.Code == ErrorCode.NoError)
                    return;
                if (!MayPass(error.Code) || Stopwatch.GetElapsedTime(start) > timeout)
                    throw new KafkaException(error);
                if (!atOnce)
                    await pause.WaitAsync(stopping);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        _turn.Dispose();
    }

    // A topic that was made a moment ago is not known to every broker yet.
    private static bool MayPass(ErrorCode code) => code == ErrorCode.UnknownTopicOrPart || ErrorTable.AnswerTo(code) == ErrorAnswer.Retry;

    private async Task<(Error Error, bool RetryAtOnce)> TryAsync(WireRequest request, Func<WireReader, ErrorCode> read, CancellationToken stopping)
    {
        try
        {
            if (_address is null && await FindAsync(stopping) is { IsError: true } notFound)
                return (notFound, false);
            ErrorCode code = await _connection.CallAsync(_address!, request, read, stopping);
            if (code is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupCoordinatorNotAvailable)
                _address = null;
            return (new Error(code), false);
        }
        catch (IOException e)
        {
            _address = null;
            return (new Error(ErrorCode.Local_Transport, e.Message), e is BrokerAwayException { WasIdle: true });
        }
    }

    private async Task<Error> FindAsync(CancellationToken stopping)
    {
        var request = new WireRequest(ApiKey.FindCoordinator, ApiVersions.FindCoordinator, IsFlexible: false, writer =>
        {
            writer.WriteString(key);
            writer.WriteInt8((sbyte)kind);
        });
        (Error error, BrokerAddress address) = await cluster.AskAsync(request, ReadAddress, stopping);
        if (!error.IsError)
            _address = address;
        return error;
    }

    private static (Error Error, BrokerAddress Address) ReadAddress(WireReader reader)
    {
        reader.ReadInt32();
        var code = (ErrorCode)reader.ReadInt16();
        string? reason = reader.ReadNullableString();
        reader.ReadInt32();
        return (new Error(code, string.IsNullOrEmpty(reason) ? new Error(code).Reason : reason), new BrokerAddress(reader.ReadString(), reader.ReadInt32()));
    }
}
