using Microsoft.Extensions.Logging;

namespace UsageStreams.Gateway;

/// <summary>What a gateway logs. Tokens, headers and events are never logged.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1, LogLevel.Information, "The gateway listens at {Url}.")]
    public static partial void Started(ILogger logger, Uri url);

    [LoggerMessage(2, LogLevel.Information, "The gateway takes no more requests; {Requests} that were begun may go on for {Limit}.")]
    public static partial void Draining(ILogger logger, int requests, TimeSpan limit);

    [LoggerMessage(3, LogLevel.Information, "The gateway has stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(10, LogLevel.Warning, "{File} holds no token, so that nobody can send anything; make one with 'usagestreams gateway token add'.")]
    public static partial void NoTokens(ILogger logger, string file);

    [LoggerMessage(11, LogLevel.Information, "{Count} tokens were read from {File}, which has changed.")]
    public static partial void TokensReloaded(ILogger logger, int count, string file);

    [LoggerMessage(12, LogLevel.Error, "The tokens before the change stay in force, revoked ones too: {Cause}")]
    public static partial void TokensNotReloaded(ILogger logger, string cause);

    [LoggerMessage(20, LogLevel.Warning, "Kafka did not acknowledge {Unconfirmed} of {Events} events of token '{Token}': {Cause}")]
    public static partial void NotConfirmed(ILogger logger, int unconfirmed, int events, string token, string cause);

    [LoggerMessage(21, LogLevel.Error, "A request of token '{Token}' failed; nothing of it was acknowledged.")]
    public static partial void Failed(ILogger logger, string token, Exception error);
}
