using System.Buffers;
using System.Diagnostics;
using System.Reflection;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering.Decoding;

public sealed class DecodingAllocationTests
{
    [Fact]
    public void Reading_an_event_allocates_nothing_once_its_words_are_known()
    {
        Assert.SkipWhen(
            typeof(IncomingEventSerde).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true,
            "The topology is built without optimisation, which boxes where the product doesn't.");
        using var registry = InMemoryRegistry.Client();
        var pools = new EventPools();
        var (values, keys) = (new IncomingEventSerde(registry, pools), new PooledTextSerde(pools.Names));
        var records = Records(registry);
        var sum = 0L;
        var least = long.MaxValue;
        for (var round = 0; round < 50 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var (key, value) in records)
            {
                sum += ReferenceEquals(keys.Deserialize(key), values.Deserialize(value).Usage.Tenant) ? 1 : 0;
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        least.ShouldBe(0);
        sum.ShouldBeGreaterThan(records.Length, "key and tenant are one string");
    }

    private static (byte[] Key, byte[] Value)[] Records(SchemaRegistryClient registry)
    {
        var serializer = new AvroRecordSerializer<UsageEvent>(registry, "events");
        var buffer = new ArrayBufferWriter<byte>();
        return
        [
            .. Enumerable.Range(0, 1_000).Select(i =>
            {
                buffer.ResetWrittenCount();
                var usage = References.Event($"t{i % 100}", $"{i}", References.Start.AddSeconds(i), 1.5m * i, $"u{i % 7} Zoë", $"{200 + (i % 5)}");
                serializer.Serialize(usage with { CorrelationId = $"c{i}" }, buffer);
                return (System.Text.Encoding.UTF8.GetBytes(usage.Tenant), buffer.WrittenSpan.ToArray());
            }),
        ];
    }
}
