using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Sinks.OAuth;

/// <summary>Signs JWTs (RFC 7519) with a private key from a PEM file. For one caller at a time.</summary>
internal sealed class JwtSigner : IDisposable
{
    private readonly AsymmetricAlgorithm _key;
    private readonly Func<byte[], byte[]> _sign;
    private readonly string _header;

    private JwtSigner(AsymmetricAlgorithm key, Func<byte[], byte[]> sign, object header)
    {
        _key = key;
        _sign = sign;
        _header = Encode(JsonSerializer.SerializeToUtf8Bytes(header));
    }

    /// <summary>ES256 with an EC P-256 key; the header names it.</summary>
    public static JwtSigner Es256(string pemPath, string keyId)
    {
        var key = Load(ECDsa.Create(), pemPath);
        if (key.KeySize != 256) throw new SinkStoppedException($"The key in {pemPath} has {key.KeySize} bits; ES256 needs one on the curve P-256.");
        return new JwtSigner(key, data => key.SignData(data, HashAlgorithmName.SHA256), new { typ = "JWT", alg = "ES256", kid = keyId });
    }

    /// <summary>RS256 with an RSA key.</summary>
    public static JwtSigner Rs256(string pemPath)
    {
        var key = Load(RSA.Create(), pemPath);
        return new JwtSigner(key, data => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), new { alg = "RS256" });
    }

    /// <summary>The compact form of a JWT with these claims.</summary>
    public string Sign(IReadOnlyDictionary<string, object> claims)
    {
        var unsigned = $"{_header}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{unsigned}.{Encode(_sign(Encoding.ASCII.GetBytes(unsigned)))}";
    }

    public void Dispose() => _key.Dispose();

    private static T Load<T>(T key, string pemPath)
        where T : AsymmetricAlgorithm
    {
        try
        {
            key.ImportFromPem(File.ReadAllText(pemPath));
            return key;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new SinkStoppedException($"The private key in {pemPath} can't be read as {typeof(T).Name} PEM: {error.Message}", error);
        }
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
