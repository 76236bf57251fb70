using System.Buffers.Binary;
using System.Text;
using UsageStreams.Protocol;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Streams.Tests.Wire;

public sealed class RecordBatchTests
{
    // Worked out apart from this code, by Kafka's description of the format.
    private const string TwoRecords =
        "00000000000000000000004b0000000002563259a30000000000010000018bcfe568000000018bcfe56801ffffffffffffffffffffffffffff0000000212000000026b047631001e000202010476320402680278026e01";

    private readonly BufferPool _buffers = new(64 << 10, 1 << 20);

    [Fact]
    public void It_has_the_bytes_that_the_format_says()
    {
        var batch = new RecordBatch(_buffers);
        batch.TryAdd(Record("k", "v1"), 1_700_000_000_000, 1000).ShouldBeTrue();
        RecordHeaders headers = RecordHeaders.Of(new RecordHeader("h", "x"u8.ToArray()), new RecordHeader("n", null));
        batch.TryAdd(Record(null, "v2", headers), 1_700_000_000_001, 1000).ShouldBeTrue();

        batch.Seal(new ProducerIdentity(-1, -1), -1, transactional: false);

        byte[] bytes = batch.Bytes.ToArray();
        // The broker's to fill in: the leader's epoch, which the checksum does not cover.
        BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(12)).ShouldBe(-1);
        bytes.AsSpan(12, 4).Clear();
        Convert.ToHexStringLower(bytes).ShouldBe(TwoRecords);
    }

    [Fact]
    public void The_header_says_who_writes_and_from_which_number_on()
    {
        var batch = new RecordBatch(_buffers);
        batch.TryAdd(Record("k", "v"), 5, 1000);
        batch.Seal(new ProducerIdentity(4000, 7), 12, transactional: true);

        ReadOnlySpan<byte> bytes = batch.Bytes;
        BinaryPrimitives.ReadInt16BigEndian(bytes[21..]).ShouldBe((short)0x10);
        BinaryPrimitives.ReadInt64BigEndian(bytes[43..]).ShouldBe(4000);
        BinaryPrimitives.ReadInt16BigEndian(bytes[51..]).ShouldBe((short)7);
        BinaryPrimitives.ReadInt32BigEndian(bytes[53..]).ShouldBe(12);
        batch.FirstSequence.ShouldBe(12);
        BinaryPrimitives.ReadUInt32BigEndian(bytes[17..]).ShouldBe(Crc32C.Compute(bytes[21..]));
    }

    [Fact]
    public void Times_before_the_first_record_s_are_kept_and_the_latest_is_told()
    {
        var batch = new RecordBatch(_buffers);
        foreach (long time in (long[])[1000, -5, 4_000_000_000_000])
            batch.TryAdd(Record("k", "v"), time, 1000);
        batch.Seal(new ProducerIdentity(1, 0), 0, transactional: true);

        BinaryPrimitives.ReadInt64BigEndian(batch.Bytes[27..]).ShouldBe(1000);
        BinaryPrimitives.ReadInt64BigEndian(batch.Bytes[35..]).ShouldBe(4_000_000_000_000);
    }

    [Fact]
    public void It_takes_no_more_than_its_limit_but_one_record_of_any_size()
    {
        var batch = new RecordBatch(_buffers);
        batch.TryAdd(Record("k", new string('v', 200_000)), 0, 100).ShouldBeTrue();
        batch.Length.ShouldBeGreaterThan(200_000);
        int length = batch.Length;

        batch.TryAdd(Record("k", "v"), 0, 100).ShouldBeFalse();

        (batch.Length, batch.Count).ShouldBe((length, 1));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-64, 1)]
    [InlineData(63, 1)]
    [InlineData(64, 2)]
    [InlineData(-65, 2)]
    [InlineData(int.MaxValue, 5)]
    [InlineData(long.MinValue, 10)]
    [InlineData(long.MaxValue, 10)]
    public void A_number_takes_seven_bits_a_byte(long value, int bytes) => RecordWriter.SizeOf(value).ShouldBe(bytes);

    [Fact]
    public void Buffers_are_used_again()
    {
        byte[] first = _buffers.Rent(100);
        first.Length.ShouldBe(1024);
        _buffers.Return(first);

        _buffers.Rent(1024).ShouldBeSameAs(first);
        _buffers.Rent(1025).Length.ShouldBe(8192);
        _buffers.Rent(100_000).Length.ShouldBe(100_000);
    }

    private static OutputRecord Record(string? key, string? value, RecordHeaders? headers = null) => new("t", 0)
    {
        Key = key is null ? default : Encoding.UTF8.GetBytes(key),
        HasKey = key is not null,
        Value = value is null ? default : Encoding.UTF8.GetBytes(value),
        HasValue = value is not null,
        Headers = headers ?? RecordHeaders.Empty,
    };
}
