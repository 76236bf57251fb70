using System.Text;

namespace UsageStreams.Avro;

/// <summary>CRC-64-AVRO (specification, "Schema Fingerprints").</summary>
internal static class RabinFingerprint
{
    private const ulong Empty = 0xc15d213aa4d7a795;

    private static readonly ulong[] Table = CreateTable();

    public static ulong Compute(string text)
    {
        var fingerprint = Empty;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
            fingerprint = (fingerprint >> 8) ^ Table[(fingerprint ^ octet) & 0xff];
        return fingerprint;
    }

    private static ulong[] CreateTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var fingerprint = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                fingerprint = (fingerprint >> 1) ^ (Empty & (0 - (fingerprint & 1)));
            table[i] = fingerprint;
        }

        return table;
    }
}
