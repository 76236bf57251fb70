using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>How connections are secured: by TLS, by a name and a password, by both, or not at all.</summary>
/// <param name="UsesTls">Whether what is sent is encrypted, and the broker shows a certificate.</param>
/// <param name="Mechanism">SASL mechanism; null where nobody logs in.</param>
/// <param name="Username">Who logs in.</param>
/// <param name="Password">Secret.</param>
internal sealed record WireSecurity(bool UsesTls, string? Mechanism, string Username, string Password)
{
    /// <summary>Authorities that broker certificates must come from; empty for those of the machine.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>The certificate that this side shows; null for none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether a broker's certificate must be for the name that it is called by.</summary>
    public bool ChecksName { get; init; } = true;

    /// <summary>Follows what a producer is given; null when only the native client can.</summary>
    public static WireSecurity? Of(Func<string, string?> take)
    {
        string protocol = (take("security.protocol") ?? "plaintext").ToUpperInvariant().Replace('_', ' ');
        bool usesTls = protocol.EndsWith("SSL", StringComparison.Ordinal);
        string? mechanism = take("sasl.mechanism") ?? take("sasl.mechanisms");
        var security = new WireSecurity(
            usesTls,
            protocol.StartsWith("SASL", StringComparison.Ordinal) ? mechanism ?? "GSSAPI" : null,
            take("sasl.username") ?? "",
            take("sasl.password") ?? "");
        if (security.Mechanism is not (null or "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512"))
            return null;
        return usesTls ? security.WithCertificates(take) : security;
    }

    /// <summary>What a TLS handshake needs.</summary>
    public SslClientAuthenticationOptions TlsOptions(string host) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = SslProtocols.None,
        ClientCertificates = Certificate is null ? null : [Certificate],
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = ChecksName ? null : static (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
    };

    /// <summary>Whom and how, without the secret.</summary>
    public override string ToString() => $"{(UsesTls ? "TLS" : "plain text")}, {(Mechanism is null ? "no login" : $"{Mechanism} as '{Username}'")}";

    private WireSecurity? WithCertificates(Func<string, string?> take)
    {
        // Who asks for no verification, or brings his keys in other ways, has the native client for it.
        if (take("enable.ssl.certificate.verification") is { } verifies && !verifies.Equals("true", StringComparison.OrdinalIgnoreCase))
            return null;
        bool checksName = take("ssl.endpoint.identification.algorithm") != "none";
        try
        {
            return this with { Authorities = GivenAuthorities(take), Certificate = OwnCertificate(take), ChecksName = checksName };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StreamsException(
                $"The certificates of the Kafka connection can't be read: {e.Message} Check ssl.ca.location, ssl.certificate.location, ssl.key.location and ssl.key.password.", e);
        }
    }

    private static X509Certificate2Collection GivenAuthorities(Func<string, string?> take)
    {
        var authorities = new X509Certificate2Collection();
        if (take("ssl.ca.location") is { } file && file != "probe")
            authorities.ImportFromPemFile(file);
        if (take("ssl.ca.pem") is { } pem)
            authorities.ImportFromPem(pem);
        return authorities;
    }

    private static X509Certificate2? OwnCertificate(Func<string, string?> take)
    {
        string? certificate = take("ssl.certificate.location");
        string? key = take("ssl.key.location");
        string? password = take("ssl.key.password");
        if (certificate is null || key is null)
            return null;
        return password is null ? X509Certificate2.CreateFromPemFile(certificate, key) : X509Certificate2.CreateFromEncryptedPemFile(certificate, password, key);
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (Authorities.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(Authorities);
        }

        return policy;
    }
}
