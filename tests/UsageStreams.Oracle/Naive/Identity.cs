using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>What an event is by: its tenant, source and id.</summary>
internal readonly record struct Identity(string Tenant, string Source, string Id)
{
    private static readonly BigInteger Modulus = BigInteger.One << 128;

    public static Identity Of(UsageEvent usage) => new(usage.Tenant, usage.Source, usage.Id);

    /// <summary>The first 16 bytes of the SHA-256 of the three, each with its length in front, as a number.</summary>
    public BigInteger Digest()
    {
        using var bytes = new MemoryStream();
        foreach (var part in new[] { Tenant, Source, Id })
        {
            var text = Encoding.UTF8.GetBytes(part);
            bytes.Write([(byte)(text.Length >> 24), (byte)(text.Length >> 16), (byte)(text.Length >> 8), (byte)text.Length]);
            bytes.Write(text);
        }

        return Number(SHA256.HashData(bytes.ToArray()).AsSpan(0, 16));
    }

    /// <summary>A digest as it stands in a record.</summary>
    public static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    /// <summary>The sum of digests: modulo 2^128.</summary>
    public static BigInteger Sum(IEnumerable<BigInteger> digests)
    {
        var sum = digests.Aggregate(BigInteger.Zero, static (all, next) => all + next) % Modulus;
        return sum < 0 ? sum + Modulus : sum;
    }
}
