using System.Buffers;
using System.Text;
using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Faults;

/// <summary>What the tests of faults share.</summary>
internal static class FaultTest
{
    public static readonly FaultHandling ToDead = FaultHandling.DeadLetters("dead");
    public static readonly Produced<string, long> CountOut = Produced.With(Serdes.Utf8, Serdes.Int64);

    public static TopologyTestDriver Run(Action<StreamsBuilder> describe, TopologyTestDriverOptions? options = null, FaultHandling? faults = null)
    {
        var builder = new StreamsBuilder();
        builder.HandleFaults(faults ?? ToDead);
        describe(builder);
        return new TopologyTestDriver(builder.Build(), options);
    }

    public static IReadOnlyList<TestRecord<byte[], byte[]>> Dead(this TopologyTestDriver driver) =>
        driver.CreateOutputTopic("dead", Serdes.Bytes, Serdes.Bytes).ReadAll();

    public static string[] DeadValues(this TopologyTestDriver driver) => [.. driver.Dead().Select(static r => Encoding.UTF8.GetString(r.Value!))];

    public static string[] OutValues(this TopologyTestDriver driver, string topic = "out") => [.. driver.Output(topic).ReadAll().Select(static r => r.Value!)];

    /// <summary>A poisoned value begins with '!'.</summary>
    public static string Check(string value) => value.StartsWith('!') ? throw new FormatException($"'{value}' is poisoned.") : value;
}

/// <summary>Text that refuses to be written when it is poisoned.</summary>
internal sealed class RefusingSerde : ISerde<string>
{
    public void Serialize(string value, IBufferWriter<byte> output)
    {
        output.Write("part"u8);
        Serdes.Utf8.Serialize(FaultTest.Check(value), output);
    }

    public string Deserialize(ReadOnlySpan<byte> data) => Serdes.Utf8.Deserialize(data);
}

/// <summary>Sums the lengths of values per key; where it fails relative to what it changes and sends is told to it.</summary>
internal sealed class FailingSum(StoreBuilder<string, long> store, bool checksFirst) : IProcessor<string, string, string, long>
{
    private ProcessorContext<string, long> _context = null!;
    private KeyValueStore<string, long> _sums = null!;

    public void Init(ProcessorContext<string, long> context) => (_context, _sums) = (context, context.GetStore(store));

    public void Process(in Record<string, string> record)
    {
        long sum = _sums.Get(record.Key) + record.Value.Length;
        if (checksFirst)
            FaultTest.Check(record.Value);
        _sums.Put(record.Key, sum);
        _context.Forward(record.WithValue(sum));
        FaultTest.Check(record.Value);
    }
}
