using System.Security.Cryptography;
using System.Text;
using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>What is known of each tenant, in some 60 bytes: a million of them take as many megabytes.</summary>
internal sealed class TenantIndex
{
    private readonly Dictionary<UInt128, Known> _known = [];

    /// <summary>Tenants in it.</summary>
    public int Count => _known.Count;

    /// <summary>Takes over a record of the topic; null deletes it.</summary>
    public void Publish(string id, Tenant? tenant)
    {
        if (tenant is null)
            _known.Remove(HashOf(id));
        else
            _known[HashOf(id)] = new Known(ContentOf(tenant), tenant.Version, 0, 0);
    }

    /// <summary>Takes over a tenant of a file.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="file">Number of the file, from 0.</param>
    /// <param name="line">Line of its first row.</param>
    /// <param name="before">What was known of it: the version published, and the line when it stood in a file already.</param>
    /// <returns>Whether the published one, if any, says something else.</returns>
    public bool Read(Tenant tenant, int file, long line, out (int Version, int File, long Line) before)
    {
        var (id, content) = (HashOf(tenant.Id), ContentOf(tenant));
        var known = _known.GetValueOrDefault(id);
        before = (known.Version, known.File, known.Line);
        _known[id] = new Known(content, known.Version, file, (int)Math.Min(line, int.MaxValue));
        return known.Version == 0 || known.Content != content;
    }

    /// <summary>Whether a tenant stands in one of the files.</summary>
    public bool IsInFile(string id) => _known.GetValueOrDefault(HashOf(id)).Line > 0;

    private static UInt128 ContentOf(Tenant tenant) => Hash(RecordKinds.Tenants.Content(tenant));

    private static UInt128 HashOf(string id) => Hash(Encoding.UTF8.GetBytes(id));

    private static UInt128 Hash(byte[] bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <param name="Content">Hash of what the tenant says.</param>
    /// <param name="Version">Version published, 0 when it is new.</param>
    /// <param name="File">Number of the file it stands in.</param>
    /// <param name="Line">Its line there; 0 when it stands in none.</param>
    private readonly record struct Known(UInt128 Content, int Version, int File, int Line);
}
