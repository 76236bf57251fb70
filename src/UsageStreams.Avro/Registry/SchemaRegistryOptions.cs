namespace UsageStreams.Avro.Registry;

/// <summary>Settings of a <see cref="SchemaRegistryClient"/>.</summary>
public sealed class SchemaRegistryOptions
{
    /// <summary>User of basic authentication.</summary>
    /// <value>Null (the default) takes what the URL says before its host, if anything.</value>
    public string? UserName { get; init; }

    /// <summary>Password of basic authentication; counts only with <see cref="UserName"/>. Never shown.</summary>
    public string? Password { get; init; }

    /// <summary>How often a request is sent at most when the registry does not answer, or answers 408, 429 or 5xx.</summary>
    /// <value>1 to 20; default 4.</value>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second attempt; it doubles with every further one. A Retry-After of the registry wins.</summary>
    /// <value>Default 200 milliseconds.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait between two attempts, whatever the registry asks for.</summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt may take.</summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Clock that tells when an unknown id is asked for again.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Sends the requests, for proxies, certificates and tests. It must support synchronous sending, and is not disposed.</summary>
    /// <value>Null (the default) uses a handler of the client's own.</value>
    public HttpMessageHandler? Handler { get; init; }
}
