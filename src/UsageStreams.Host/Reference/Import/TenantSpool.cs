using System.Buffers;
using System.Text;
using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>Tenants that are to be published once all is known to be right, in a file of this machine that goes with the process.</summary>
internal sealed class TenantSpool : IDisposable
{
    private readonly FileStream _file = new(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly BinaryWriter _output;

    public TenantSpool() => _output = new BinaryWriter(_file, Encoding.UTF8, leaveOpen: true);

    /// <summary>Tenants in it.</summary>
    public int Count { get; private set; }

    public void Add(Tenant tenant)
    {
        _buffer.ResetWrittenCount();
        var writer = new AvroWriter(_buffer);
        Tenant.Write(tenant, ref writer);
        writer.Flush();
        _output.Write(_buffer.WrittenCount);
        _output.Write(_buffer.WrittenSpan);
        Count++;
    }

    /// <summary>All of them, in order.</summary>
    public IEnumerable<Tenant> ReadAll()
    {
        _output.Flush();
        _file.Position = 0;
        using var input = new BinaryReader(_file, Encoding.UTF8, leaveOpen: true);
        for (var left = Count; left > 0; left--)
            yield return Parse(input.ReadBytes(input.ReadInt32()));
    }

    public void Dispose()
    {
        _output.Dispose();
        _file.Dispose();
    }

    private static Tenant Parse(byte[] bytes)
    {
        var reader = new AvroReader(bytes);
        return Tenant.Read(ref reader);
    }
}
