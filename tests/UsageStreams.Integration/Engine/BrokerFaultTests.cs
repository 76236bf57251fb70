using System.Collections.Concurrent;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Requests;
using UsageStreams.Protocol;
using UsageStreams.Streams;
using static UsageStreams.Embedded.Protocol.ErrorCode;

namespace UsageStreams.Integration.Engine;

/// <summary>
/// A broker that refuses requests, coordinators that move, producers that are fenced, answers that are lost: whatever comes, the sums are those of
/// the input and the application runs on.
/// </summary>
public abstract class BrokerFaultTests
{
    private const ErrorCode CoordinatorLoading = (ErrorCode)14;
    private const ErrorCode CoordinatorNotAvailable = (ErrorCode)15;
    private const ErrorCode NotCoordinator = (ErrorCode)16;
    private const ErrorCode NotLeader = (ErrorCode)6;
    private const ErrorCode NotEnoughReplicas = (ErrorCode)19;
    private const ErrorCode UnknownProducerId = (ErrorCode)59;

    private static readonly Dictionary<ApiKey, ErrorCode?[]> Faults = new()
    {
        // Null: the work is done and the answer lost.
        [ApiKey.InitProducerId] = [CoordinatorLoading, NotCoordinator, CoordinatorNotAvailable, ConcurrentTransactions, null],
        [ApiKey.AddPartitionsToTxn] = [NotCoordinator, ConcurrentTransactions, InvalidTxnState, ProducerFenced, InvalidProducerEpoch, InvalidProducerIdMapping, null],
        [ApiKey.AddOffsetsToTxn] = [NotCoordinator, CoordinatorNotAvailable, InvalidTxnState, ProducerFenced, InvalidProducerIdMapping, null],
        [ApiKey.TxnOffsetCommit] = [NotCoordinator, RebalanceInProgress, IllegalGeneration, UnknownMemberId, FencedInstanceId, ProducerFenced, null],
        [ApiKey.EndTxn] = [NotCoordinator, ConcurrentTransactions, InvalidTxnState, ProducerFenced, InvalidProducerEpoch, null],
        [ApiKey.Produce] = [NotLeader, NotEnoughReplicas, OutOfOrderSequenceNumber, UnknownProducerId, InvalidProducerEpoch, InvalidTxnState, StorageError, null],
        [ApiKey.Heartbeat] = [NotCoordinator, IllegalGeneration, UnknownMemberId, null],
        [ApiKey.OffsetCommit] = [NotCoordinator, RebalanceInProgress, IllegalGeneration, UnknownMemberId, null],
    };

    private readonly ConcurrentDictionary<ApiKey, ErrorCode?> _next = new();

    /// <summary>Each fault in turn, with records written before and after it.</summary>
    /// <param name="request">The request that fails.</param>
    /// <param name="guarantee">What has to hold.</param>
    /// <param name="settings">Settings of the connection.</param>
    /// <returns>Whether the totals are those of the input; at least once, whether none is below.</returns>
    private protected async Task<bool> RunAsync(ApiKey request, ProcessingGuarantee guarantee, IReadOnlyDictionary<string, string>? settings = null)
    {
        await using var kafka = new KafkaUnderTest { Fault = Decide };
        await kafka.InitializeAsync();
        string input = await kafka.CreateTopicAsync("in", 2);
        string output = await kafka.CreateTopicAsync("out", 1);
        var options = new StreamsOptions
        {
            ApplicationId = "app",
            Connection = kafka.Connection with { Settings = settings ?? new Dictionary<string, string>() },
            Guarantee = guarantee,
            SessionTimeout = TimeSpan.FromSeconds(6),
            TransactionTimeout = TimeSpan.FromSeconds(4),
        };
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        ErrorCode?[] faults = Faults[request];
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 31, count: 100 * (faults.Length + 1));
        (string Key, string Value)[][] parts = [.. records.Chunk(100)];
        for (int i = 0; i < faults.Length; i++)
        {
            kafka.Write(input, parts[i]);
            await Eventually.TrueAsync(() => streams.State == StreamsState.Running && streams.Metrics is { Tasks.Count: 4, Lag: 0 }, $"what came before fault {i} of {request} to be read");
            _next[request] = faults[i];
            // A producer initialises when a session begins, so the session at hand has to end.
            if (request == ApiKey.InitProducerId)
                _next[ApiKey.EndTxn] = ProducerFenced;
            kafka.Write(input, parts[i + 1].Take(10));
            await Eventually.TrueAsync(() => !_next.ContainsKey(request), $"fault {i} of {request}");
            parts[i + 1] = parts[i + 1][10..];
        }

        kafka.Write(input, parts[^1]);
        bool exactly = guarantee == ProcessingGuarantee.ExactlyOnce;
        Dictionary<string, long> last = SumTopology.Last(kafka.Read(output, written => Reaches(SumTopology.Last(written), totals)));
        await Eventually.TrueAsync(() => streams.CheckHealth(maxLag: 0).IsHealthy, $"health after {request}");
        return !exactly || last.OrderBy(static t => t.Key, StringComparer.Ordinal).SequenceEqual(totals.OrderBy(static t => t.Key, StringComparer.Ordinal));
    }

    private static bool Reaches(Dictionary<string, long> actual, Dictionary<string, long> totals) => totals.All(t => actual.GetValueOrDefault(t.Key) >= t.Value);

    // The engine's clients only, not those of the test.
    private RequestFault Decide(ApiKey key, string client) => client.StartsWith("app-", StringComparison.Ordinal) && _next.TryRemove(key, out ErrorCode? refusal) ? new RequestFault(refusal, LosesAnswer: refusal is null) : default;
}

/// <summary>Requests by which a transaction begins.</summary>
public sealed class TransactionBeginFaultTests : BrokerFaultTests
{
    [Theory]
    [InlineData(nameof(ApiKey.InitProducerId))]
    [InlineData(nameof(ApiKey.AddPartitionsToTxn))]
    public async Task Exactly_once_holds_through_every_failure_of(string request) => (await RunAsync(Enum.Parse<ApiKey>(request), ProcessingGuarantee.ExactlyOnce)).ShouldBeTrue();
}

/// <summary>Requests by which a transaction ends.</summary>
public sealed class TransactionEndFaultTests : BrokerFaultTests
{
    [Theory]
    [InlineData(nameof(ApiKey.AddOffsetsToTxn))]
    [InlineData(nameof(ApiKey.TxnOffsetCommit))]
    [InlineData(nameof(ApiKey.EndTxn))]
    public async Task Exactly_once_holds_through_every_failure_of(string request) => (await RunAsync(Enum.Parse<ApiKey>(request), ProcessingGuarantee.ExactlyOnce)).ShouldBeTrue();
}

/// <summary>Requests that both guarantees use.</summary>
public sealed class ProduceAndGroupFaultTests : BrokerFaultTests
{
    [Theory]
    [InlineData(nameof(ApiKey.Produce))]
    [InlineData(nameof(ApiKey.Heartbeat))]
    public async Task Exactly_once_holds_through_every_failure_of(string request) => (await RunAsync(Enum.Parse<ApiKey>(request), ProcessingGuarantee.ExactlyOnce)).ShouldBeTrue();
}

/// <summary>The native producer, which writes where a connection has settings that only it follows: here those that compress.</summary>
public sealed class NativeProducerFaultTests : BrokerFaultTests
{
    private static readonly Dictionary<string, string> Compressed = new() { ["compression.type"] = "lz4" };

    [Theory]
    [InlineData(nameof(ApiKey.InitProducerId))]
    [InlineData(nameof(ApiKey.AddPartitionsToTxn))]
    [InlineData(nameof(ApiKey.TxnOffsetCommit))]
    [InlineData(nameof(ApiKey.EndTxn))]
    [InlineData(nameof(ApiKey.Produce))]
    public async Task Exactly_once_holds_through_every_failure_of(string request) => (await RunAsync(Enum.Parse<ApiKey>(request), ProcessingGuarantee.ExactlyOnce, Compressed)).ShouldBeTrue();
}

/// <summary>At least once, with the group's own commits.</summary>
public sealed class AtLeastOnceFaultTests : BrokerFaultTests
{
    [Theory]
    [InlineData(nameof(ApiKey.OffsetCommit))]
    [InlineData(nameof(ApiKey.Produce))]
    [InlineData(nameof(ApiKey.Heartbeat))]
    public async Task Nothing_is_lost_through_every_failure_of(string request) => (await RunAsync(Enum.Parse<ApiKey>(request), ProcessingGuarantee.AtLeastOnce)).ShouldBeTrue();
}
