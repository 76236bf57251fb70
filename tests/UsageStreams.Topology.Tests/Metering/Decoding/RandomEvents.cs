using System.Buffers;
using UsageStreams.Avro;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;

namespace UsageStreams.Topology.Tests.Metering.Decoding;

/// <summary>Events with everything that may be missing missing now and then, and text of all sorts.</summary>
internal static class RandomEvents
{
    private static readonly string[] Words = ["a", "web", "http.request", "Zoë", "東京", "🚀 launch", "", new('x', 300), "a-b", "c"];

    public static UsageEvent Next(Random random) => new()
    {
        Id = $"{random.Next()}",
        Source = Word(random),
        Type = Word(random),
        Tenant = Word(random) + random.Next(30),
        User = random.Next(3) == 0 ? null : Word(random),
        Workspace = random.Next(2) == 0 ? null : Word(random),
        Product = Word(random),
        Time = DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(-1_000_000_000_000, 4_000_000_000_000)),
        Quantity = random.Next(4) switch { 0 => null, 1 => 0, 2 => random.Next(-5, 100), _ => (decimal)random.NextInt64() * 10 / 1_000_000_000m },
        Properties = Enumerable.Range(0, random.Next(5)).ToDictionary(i => $"{Word(random)}{i}", _ => Word(random), StringComparer.Ordinal),
        CorrelationId = random.Next(2) == 0 ? null : Word(random),
        Retracts = random.Next(5) == 0 ? "r" : null,
        Amends = random.Next(5) == 0 ? "a" : null,
    };

    private static string Word(Random random) => Words[random.Next(Words.Length)];
}

/// <summary>What a producer of an earlier version wrote: fields in another order, and without what came later.</summary>
internal static class OlderEvents
{
    public static AvroSchema Schema { get; } = AvroSchema.Parse(
        """
        {"type":"record","name":"UsageEvent","namespace":"usagestreams","fields":[
          {"name":"tenant","type":"string"},{"name":"source","type":"string"},{"name":"id","type":"string"},{"name":"type","type":"string"},
          {"name":"time","type":{"type":"long","logicalType":"timestamp-millis"}},
          {"name":"product","type":"string"},{"name":"properties","type":{"type":"map","values":"string"}},
          {"name":"quantity","type":["null",{"type":"bytes","logicalType":"decimal","precision":28,"scale":9}]},
          {"name":"user","type":["null","string"]},{"name":"workspace","type":["null","string"]},{"name":"correlationId","type":["null","string"]}]}
        """);

    public static byte[] Write(UsageEvent usage, int schemaId)
    {
        var buffer = new ArrayBufferWriter<byte>();
        WireFormat.WriteHeader(schemaId, buffer);
        var writer = new AvroWriter(buffer);
        writer.WriteString(usage.Tenant);
        writer.WriteString(usage.Source);
        writer.WriteString(usage.Id);
        writer.WriteString(usage.Type);
        writer.WriteTimestampMillis(usage.Time);
        writer.WriteString(usage.Product);
        AvroCollections.WriteMap(usage.Properties, ref writer, static (item, ref writer) => writer.WriteString(item));
        writer.WriteUnion(usage.Quantity is null ? 0 : 1);
        if (usage.Quantity is { } quantity) writer.WriteDecimal(quantity, 28, 9);
        Optional(usage.User, ref writer);
        Optional(usage.Workspace, ref writer);
        Optional(usage.CorrelationId, ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Optional(string? text, ref AvroWriter writer)
    {
        writer.WriteUnion(text is null ? 0 : 1);
        if (text is not null) writer.WriteString(text);
    }
}
