namespace UsageStreams.Sinks.OAuth;

/// <summary>Keeps one token and asks for the next when it is due; however many wait, one asks.</summary>
internal sealed class TokenSource(Func<CancellationToken, Task<AccessToken>> request, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile AccessToken? _token;

    public async ValueTask<AccessToken> GetAsync(CancellationToken cancellationToken)
    {
        if (Current() is { } token) return token;
        await _asking.WaitAsync(cancellationToken);
        try
        {
            return Current() ?? (_token = await request(cancellationToken));
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Forgets a token that the system no longer takes; one that came since stays.</summary>
    public void Forget(AccessToken token) => Interlocked.CompareExchange(ref _token, null, token);

    public void Dispose() => _asking.Dispose();

    private AccessToken? Current() => _token is { } token && clock.GetUtcNow() < token.RenewAt ? token : null;
}
