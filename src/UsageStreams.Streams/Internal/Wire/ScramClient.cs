using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// A login by salted challenge and response (RFC 5802, RFC 7677): the password is not sent, and the server proves that it knows it too. Kafka uses
/// it without channel binding.
/// </summary>
internal sealed class ScramClient
{
    private const string NoBinding = "n,,";

    // Kafka makes its credentials with 4096 and more; a server that asks for less wants a password that is easy to guess at.
    private const int FewestIterations = 4096;

    private readonly HashAlgorithmName _hash;
    private readonly string _password;
    private readonly string _nonce;
    private readonly string _firstBare;
    private byte[] _serverSignature = [];

    /// <summary>A login of <paramref name="username"/> by <c>SCRAM-SHA-256</c> or <c>SCRAM-SHA-512</c>.</summary>
    public ScramClient(string mechanism, string username, string password)
        : this(mechanism, username, password, Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)))
    {
    }

    internal ScramClient(string mechanism, string username, string password, string nonce)
    {
        _hash = mechanism == "SCRAM-SHA-256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;
        (_password, _nonce) = (password, nonce);
        _firstBare = $"n={username.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={nonce}";
    }

    /// <summary>The first message.</summary>
    public string First => NoBinding + _firstBare;

    /// <summary>The answer to the server's challenge.</summary>
    /// <exception cref="KafkaException">The challenge is not one to answer.</exception>
    public string Final(string challenge)
    {
        Dictionary<char, string> parts = Parts(challenge);
        if (!parts.TryGetValue('r', out string? nonce) || !nonce.StartsWith(_nonce, StringComparison.Ordinal) || nonce.Length == _nonce.Length)
            throw Refused("the challenge is not to this login");
        if (!parts.TryGetValue('i', out string? count) || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int iterations) || iterations < FewestIterations)
            throw Refused($"the broker asks for '{count}' iterations; at least {FewestIterations} are made");
        if (!parts.TryGetValue('s', out string? salt) || !Base64.IsValid(salt))
            throw Refused("the challenge has no salt");

        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(_password, Convert.FromBase64String(salt), iterations, _hash, Hash([]).Length);
        string finalBare = $"c={Convert.ToBase64String(Encoding.ASCII.GetBytes(NoBinding))},r={nonce}";
        byte[] message = Encoding.UTF8.GetBytes($"{_firstBare},{challenge},{finalBare}");
        byte[] clientKey = Mac(salted, "Client Key"u8.ToArray());
        byte[] signature = Mac(Hash(clientKey), message);
        _serverSignature = Mac(Mac(salted, "Server Key"u8.ToArray()), message);
        byte[] proof = [.. clientKey.Zip(signature, static (a, b) => (byte)(a ^ b))];
        return $"{finalBare},p={Convert.ToBase64String(proof)}";
    }

    /// <exception cref="KafkaException">The server does not know the password either.</exception>
    public void Verify(string serverFinal)
    {
        Dictionary<char, string> parts = Parts(serverFinal);
        if (parts.TryGetValue('e', out string? error))
            throw Refused(error);
        if (!parts.TryGetValue('v', out string? signature) || !Base64.IsValid(signature)
            || !CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(signature), _serverSignature))
            throw Refused("the broker could not show that it knows the password");
    }

    private static Dictionary<char, string> Parts(string message) => message.Split(',')
        .Where(static part => part.Length > 1 && part[1] == '=')
        .DistinctBy(static part => part[0])
        .ToDictionary(static part => part[0], static part => part[2..]);

    private static KafkaException Refused(string why) => new(new Error(ErrorCode.SaslAuthenticationFailed, $"SCRAM: {why}"));

    private byte[] Hash(byte[] bytes) => CryptographicOperations.HashData(_hash, bytes);

    private byte[] Mac(byte[] key, byte[] bytes) => CryptographicOperations.HmacData(_hash, key, bytes);
}
