using System.Buffers;
using System.Text;
using UsageStreams.Avro;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering.Decoding;

/// <summary>What the meter reads of the bytes of an event, against the generated reader and its objects.</summary>
public sealed class DecodingTests : IDisposable
{
    private readonly SchemaRegistryClient _registry = InMemoryRegistry.Client();
    private readonly IncomingEventSerde _serde;

    public DecodingTests() => _serde = new IncomingEventSerde(_registry, new EventPools());

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_read_is_what_the_generated_reader_reads(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var usage = RandomEvents.Next(random);
            ShouldBe(Read(usage), usage);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_older_writer_s_schema_gives_the_same(int seed)
    {
        var random = new Random(seed);
        var id = _registry.Register("older", OlderEvents.Schema, TestContext.Current.CancellationToken);
        for (var i = 0; i < 50; i++)
        {
            var usage = RandomEvents.Next(random) with { Retracts = null, Amends = null };
            var older = _serde.Deserialize(OlderEvents.Write(usage, id));
            ShouldBe(older, usage);
            older.Content.ShouldBe(Read(usage).Content);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_order_of_properties_does_not_change_the_content(int seed)
    {
        var random = new Random(seed);
        var properties = Enumerable.Range(0, 2 + random.Next(20)).ToDictionary(i => $"p{i}", i => $"{random.Next(5)}", StringComparer.Ordinal);
        var usage = RandomEvents.Next(random) with { Properties = properties };
        var turned = usage with { Properties = properties.Reverse().ToDictionary(StringComparer.Ordinal) };

        Read(turned).Content.ShouldBe(Read(usage).Content);
    }

    [Fact]
    public void Each_field_but_the_identity_is_content()
    {
        var usage = RandomEvents.Next(new Random(1)) with { User = "u", Workspace = null, Quantity = 1, CorrelationId = null, Retracts = null, Amends = null };
        UsageEvent[] others =
        [
            usage with { Type = usage.Type + "x" }, usage with { User = null }, usage with { User = "" }, usage with { User = null, Workspace = "u" },
            usage with { Product = "other" }, usage with { Time = usage.Time.AddMilliseconds(1) }, usage with { Quantity = null }, usage with { Quantity = 1.000000001m },
            usage with { Quantity = -1 }, usage with { Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b" } },
            usage with { Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "a" } },
            usage with { CorrelationId = "c" }, usage with { Retracts = "c" }, usage with { Amends = "c" },
        ];

        others.Append(usage).Select(one => Read(one).Content).Distinct().Count().ShouldBe(others.Length + 1);
        Read(usage with { Id = "another" }).Content.ShouldBe(Read(usage).Content);
    }

    [Fact]
    public void What_an_event_takes_back_is_named_by_its_own_tenant_and_source()
    {
        var usage = RandomEvents.Next(new Random(1)) with { Retracts = "first", Amends = null };
        var target = EventDigest.Of(usage.Tenant, usage.Source, "first");

        Read(usage).Withdrawal.ShouldBe(new TakesBack(target, usage.Id, Amends: false));
        Read(usage with { Retracts = null, Amends = "first" }).Withdrawal.ShouldBe(new TakesBack(target, usage.Id, Amends: true));
        Read(usage with { Retracts = null }).Withdrawal.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Rules_are_broken_by_the_same_events_and_reasons_as_at_the_producer(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var usage = RandomEvents.Next(random);
            if (random.Next(4) == 0) usage = usage with { Id = random.Next(2) == 0 ? "" : usage.Retracts ?? "r" };
            Read(usage).Fault?.Fault.Code.ShouldBe(UsageEventRules.Check(usage)?.Code);
            (Read(usage).Fault is null).ShouldBe(UsageEventRules.Check(usage) is null);
        }
    }

    [Fact]
    public void Strings_that_come_again_are_the_same_object()
    {
        var usage = RandomEvents.Next(new Random(1)) with { Tenant = "東京", User = "Zoë 🚀", Workspace = "w" };
        var (first, second) = (Read(usage).Usage, Read(usage with { Id = "2" }).Usage);

        second.Tenant.ShouldBeSameAs(first.Tenant);
        second.User.ShouldBeSameAs(first.User);
        second.Properties.ShouldBeSameAs(first.Properties);
    }

    [Fact]
    public void Bytes_that_are_no_event_are_refused_with_the_field()
    {
        var bytes = OurBytes(RandomEvents.Next(new Random(1)));

        Should.Throw<UndecodableException>(() => _serde.Deserialize(bytes.AsSpan()[..^3]));
        Should.Throw<UndecodableException>(() => _serde.Deserialize([.. bytes, 0])).Message.ShouldContain("bytes follow");
        Should.Throw<UndecodableException>(() => _serde.Deserialize([9, .. bytes[1..]])).Message.ShouldContain("magic");
        Should.Throw<UndecodableException>(() => _serde.Deserialize([.. bytes[..5], 4, 0xff, 0xff, .. bytes[6..]])).Message.ShouldContain("id");
    }

    [Fact]
    public void Every_damaged_byte_is_read_or_refused_as_the_generated_reader_does()
    {
        var random = new Random(7);
        var generated = new AvroSerde<UsageEvent>(_registry, "events");
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = OurBytes(RandomEvents.Next(random));
            bytes[5 + random.Next(bytes.Length - 5)] = (byte)random.Next(256);
            if (Or(() => generated.Deserialize(bytes)) is { } usage) ShouldBe(_serde.Deserialize(bytes), usage);
            else Should.Throw<UndecodableException>(() => _serde.Deserialize(bytes));
        }
    }

    public void Dispose() => _registry.Dispose();

    private static UsageEvent? Or(Func<UsageEvent> read)
    {
        try
        {
            return read();
        }
        catch (UndecodableException)
        {
            return null;
        }
    }

    private static void ShouldBe(in IncomingEvent read, UsageEvent usage)
    {
        var (same, identity) = (MetricEvent.Of(usage), EventDigest.Of(usage.Tenant, usage.Source, usage.Id));
        (read.Usage with { Properties = PropertySet.None }).ShouldBe(same with { Properties = PropertySet.None });
        read.Usage.Properties.Count.ShouldBe(usage.Properties.Count);
        foreach (var (name, value) in usage.Properties) read.Usage.Properties.TryGet(name, out var found).ShouldBe(found == value);
        read.Identity.ShouldBe(identity);
    }

    private IncomingEvent Read(UsageEvent usage) => _serde.Deserialize(OurBytes(usage));

    private byte[] OurBytes(UsageEvent usage)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new AvroRecordSerializer<UsageEvent>(_registry, "events").Serialize(usage, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
