namespace UsageStreams.Gateway.Events;

/// <summary>A request that can't be taken as a whole; nothing of it was sent.</summary>
internal sealed class RequestFault(int status, string code, string text, TimeSpan? retryAfter = null) : Exception(text)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
