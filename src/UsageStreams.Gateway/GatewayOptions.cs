using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace UsageStreams.Gateway;

/// <summary>How a <see cref="GatewayServer"/> listens, and whom it serves.</summary>
public sealed record GatewayOptions
{
    /// <summary>File of the tokens; see <see cref="Tokens.TokenAdmin"/>.</summary>
    public required string TokensFile { get; init; }

    /// <summary>Address and port; port 0 takes any free one. Default 127.0.0.1:8070.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8070);

    /// <summary>Certificate with its private key, for HTTPS; null, the default, for plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether plain HTTP is allowed beyond the loopback address, where others can read the tokens; default false. Say so only behind a proxy that ends TLS.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>What is taken at most.</summary>
    public GatewayLimits Limits { get; init; } = new();

    /// <summary>How long a client is asked to wait when it is not its own limit that it met; 1 s to 5 minutes, default 2 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long requests that were begun may go on when the gateway is stopped; default 25 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Clock of expiries and rates; default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Looks for settings that are out of their range or don't go together; a gateway does so when it starts.</summary>
    /// <exception cref="GatewayException">There are some; all of them are told.</exception>
    public void Validate()
    {
        List<string> problems = [.. Limits.Problems()];
        if (string.IsNullOrWhiteSpace(TokensFile)) problems.Add($"{nameof(TokensFile)} is empty; name the file that 'usagestreams gateway token add' wrote");
        if (RetryAfter < TimeSpan.FromSeconds(1) || RetryAfter > TimeSpan.FromMinutes(5)) problems.Add($"{nameof(RetryAfter)} is {RetryAfter}; it must be 1 s to 5 minutes");
        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > TimeSpan.FromMinutes(10)) problems.Add($"{nameof(DrainTimeout)} is {DrainTimeout}; it must be 0 to 10 minutes");
        if (Certificate is { HasPrivateKey: false }) problems.Add($"{nameof(Certificate)} has no private key; give the key too");
        if (Certificate is null && !AllowPlainHttp && !IPAddress.IsLoopback(Listen.Address))
            problems.Add($"{nameof(Listen)} is {Listen}, and without a certificate whoever is on the way reads the tokens; give a certificate, listen on the loopback address, or allow plain HTTP behind a proxy that ends TLS");
        if (problems.Count > 0)
            throw new GatewayException($"The gateway's options are not valid: {string.Join("; ", problems)}.");
    }
}
