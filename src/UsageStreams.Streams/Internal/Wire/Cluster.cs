using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>The cluster as any of its brokers tells of it.</summary>
internal sealed class Cluster(WireSettings settings) : IDisposable
{
    private readonly WireConnection _connection = new(settings);
    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyList<BrokerAddress> _known = settings.Bootstrap;

    /// <summary>Asks the broker that answered last, and the others if it does not.</summary>
    /// <exception cref="IOException">None answers.</exception>
    public async Task<T> AskAsync<T>(WireRequest request, Func<WireReader, T> read, CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping);
        try
        {
            IOException? last = null;
            foreach (BrokerAddress address in _known.Union(settings.Bootstrap))
            {
                try
                {
                    T answer = await _connection.CallAsync(address, request, read, stopping);
                    _known = [address, .. _known.Where(known => known != address)];
                    return answer;
                }
                catch (IOException e)
                {
                    last = e;
                }
            }

            throw last ?? new IOException("no address of a broker is known");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Who leads the partitions of topics.</summary>
    public async Task<ClusterMetadata> DescribeAsync(IReadOnlyCollection<string> topics, CancellationToken stopping)
    {
        ClusterMetadata metadata = await AskAsync(ClusterMetadata.Request(topics), ClusterMetadata.Read, stopping);
        _known = [_known[0], .. metadata.Brokers.Values.Where(address => address != _known[0])];
        return metadata;
    }

    public void Dispose()
    {
        _connection.Dispose();
        _turn.Dispose();
    }
}
