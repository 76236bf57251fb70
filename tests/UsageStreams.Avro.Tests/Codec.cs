using System.Buffers;

namespace UsageStreams.Avro.Tests;

/// <summary>Writes and reads single values for tests, which cannot hold ref structs in lambdas otherwise.</summary>
internal static class Codec
{
    public delegate void Writing(ref AvroWriter writer);

    public delegate T Reading<out T>(ref AvroReader reader);

    public static byte[] Write(Writing write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new AvroWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static string WriteHex(Writing write) => Convert.ToHexStringLower(Write(write));

    public static T Read<T>(byte[] data, Reading<T> read)
    {
        var reader = new AvroReader(data);
        var value = read(ref reader);
        reader.Remaining.ShouldBe(0);
        return value;
    }

    public static T ReadHex<T>(string hex, Reading<T> read) => Read(Convert.FromHexString(hex), read);
}
