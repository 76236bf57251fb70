using System.Collections.Concurrent;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Requests;
using UsageStreams.Protocol;

namespace UsageStreams.Producer.Tests.Support;

/// <summary>An embedded broker and registry that fail producers as a test says; the broker can be stopped and started on the same port.</summary>
public sealed class FaultyKafka : TestKafka
{
    private readonly ManualResetEventSlim _open = new(initialState: true);

    /// <summary>What becomes of the next requests to produce, one after the other; null loses the answer.</summary>
    internal ConcurrentQueue<ErrorCode?> Faults { get; } = new();

    private protected override Func<ApiKey, string, RequestFault> Fault => Decide;

    /// <summary>Lets requests to produce wait until <see cref="Release"/>.</summary>
    public void Hold() => _open.Reset();

    public void Release() => _open.Set();

    public Task StartAsync() => StartBrokerAsync();

    public Task StopAsync() => StopBrokerAsync();

    public override async ValueTask DisposeAsync()
    {
        _open.Set();
        await base.DisposeAsync();
        _open.Dispose();
    }

    private RequestFault Decide(ApiKey key, string client)
    {
        if (key != ApiKey.Produce || client != Client)
            return default;
        _open.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue("nobody released the broker");
        return Faults.TryDequeue(out var refusal) ? new RequestFault(refusal, LosesAnswer: refusal is null) : default;
    }
}
