using System.Text;
using UsageStreams.Embedded.Log;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Tests.Protocol;

/// <summary>Bytes worked out apart from this code, by Kafka's description of the format.</summary>
public sealed class BatchVectorTests
{
    private const string TwoRecords =
        "00000000000000000000004b0000000002563259a30000000000010000018bcfe568000000018bcfe56801ffffffffffffffffffffffffffff0000000212000000026b047631001e000202010476320402680278026e01";

    private const string CommitMarker =
        "0000000000000002000000420000000002a5a014f10030000000000000018bcfe568020000018bcfe568020000000000000fa00007ffffffff000000012000000008000000010c00000000000000";

    [Fact]
    public void The_checksum_has_its_published_check_value() =>
        Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")).ShouldBe(0xE3069283u);

    [Fact]
    public void A_header_is_read_field_by_field()
    {
        byte[] batch = Convert.FromHexString(TwoRecords);

        var header = BatchHeader.Read(batch);

        header.Size.ShouldBe(batch.Length);
        (header.RecordCount, header.LastOffsetDelta, header.ProducerId).ShouldBe((2, 1, -1L));
        (header.BaseTimestamp, header.MaxTimestamp).ShouldBe((1_700_000_000_000, 1_700_000_000_001));
        header.HasValidCrc(batch).ShouldBeTrue();
        batch[^1] ^= 1;
        header.HasValidCrc(batch).ShouldBeFalse();
    }

    [Fact]
    public void A_commit_marker_has_the_bytes_kafka_writes()
    {
        byte[] marker = ControlBatch.EndTransaction(4000, 7, commit: true, 1_700_000_000_002);
        BatchHeader.Place(marker, 2, 0);

        Convert.ToHexStringLower(marker).ShouldBe(CommitMarker);
        ControlBatch.IsCommit(marker).ShouldBeTrue();
        ControlBatch.IsCommit(ControlBatch.EndTransaction(4000, 7, commit: false, 0)).ShouldBeFalse();
    }

    [Fact]
    public void Records_are_found_by_time_and_keyless_ones_noticed()
    {
        byte[] batch = Convert.FromHexString(TwoRecords);
        var header = BatchHeader.Read(batch);

        RecordWalk.FirstAtOrAfter(batch, header, 1_700_000_000_001, 0).ShouldBe((1, 1_700_000_000_001));
        RecordWalk.FirstAtOrAfter(batch, header, 1_700_000_000_002, 0).ShouldBeNull();
        RecordWalk.HasKeyless(batch, header).ShouldBeTrue();
    }
}
