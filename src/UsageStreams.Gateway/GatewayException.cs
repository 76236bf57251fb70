namespace UsageStreams.Gateway;

/// <summary>The gateway can't start or its tokens can't be used: the message says what, where, the limit and the next step, and never holds a secret.</summary>
public sealed class GatewayException : Exception
{
    internal GatewayException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
