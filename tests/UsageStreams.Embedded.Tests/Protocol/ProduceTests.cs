using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Tests.Support;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Tests.Protocol;

public sealed class ProduceTests
{
    [Fact]
    public async Task A_retried_batch_is_answered_with_its_first_offset_and_not_stored_twice()
    {
        await using var test = await StartAsync();
        using var client = await RawClient.ConnectAsync(test);
        var (_, id, epoch) = await client.InitProducerAsync(null);
        byte[][] batches = [.. Enumerable.Range(0, 6).Select(i => new TestBatch { ProducerId = id, Epoch = epoch, Sequence = i * 2, Records = 2 }.ToBytes())];
        foreach (byte[] batch in batches)
            (await client.ProduceAsync("out", batch)).Error.ShouldBe(ErrorCode.None);

        for (int i = 1; i < 6; i++)
            (await client.ProduceAsync("out", batches[i])).ShouldBe((ErrorCode.None, i * 2L));
        (await client.ProduceAsync("out", batches[0])).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        test.ReadAll("out").Count.ShouldBe(12);
    }

    [Fact]
    public async Task The_window_of_retries_survives_a_restart()
    {
        await using var test = await StartAsync();
        long id;
        byte[] last;
        using (var client = await RawClient.ConnectAsync(test))
        {
            (_, id, short epoch) = await client.InitProducerAsync(null);
            await client.ProduceAsync("out", new TestBatch { ProducerId = id, Epoch = epoch, Sequence = 0, Records = 3 }.ToBytes());
            last = new TestBatch { ProducerId = id, Epoch = epoch, Sequence = 3 }.ToBytes();
            (await client.ProduceAsync("out", last)).ShouldBe((ErrorCode.None, 3L));
        }

        await test.RestartAsync();

        using var again = await RawClient.ConnectAsync(test);
        (await again.ProduceAsync("out", last)).ShouldBe((ErrorCode.None, 3L));
        (await again.ProduceAsync("out", new TestBatch { ProducerId = id, Epoch = 0, Sequence = 5 }.ToBytes())).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        (await again.ProduceAsync("out", new TestBatch { ProducerId = id, Epoch = 0, Sequence = 4 }.ToBytes())).ShouldBe((ErrorCode.None, 4L));
        (await again.InitProducerAsync(null)).Id.ShouldBeGreaterThan(id);
    }

    [Fact]
    public async Task A_newer_epoch_begins_at_zero_and_shuts_the_older_one_out()
    {
        await using var test = await StartAsync();
        using var client = await RawClient.ConnectAsync(test);
        await client.ProduceAsync("out", new TestBatch { ProducerId = 900, Epoch = 0, Sequence = 17 }.ToBytes());

        (await client.ProduceAsync("out", new TestBatch { ProducerId = 900, Epoch = 1, Sequence = 18 }.ToBytes())).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        (await client.ProduceAsync("out", new TestBatch { ProducerId = 900, Epoch = 1, Sequence = 0 }.ToBytes())).ShouldBe((ErrorCode.None, 1L));
        (await client.ProduceAsync("out", new TestBatch { ProducerId = 900, Epoch = 0, Sequence = 18 }.ToBytes())).Error.ShouldBe(ErrorCode.InvalidProducerEpoch);
    }

    [Fact]
    public async Task Sequences_wrap_from_the_largest_integer_to_zero()
    {
        await using var test = await StartAsync();
        using var client = await RawClient.ConnectAsync(test);
        await client.ProduceAsync("out", new TestBatch { ProducerId = 900, Epoch = 0, Sequence = int.MaxValue - 1, Records = 2 }.ToBytes());

        (await client.ProduceAsync("out", new TestBatch { ProducerId = 900, Epoch = 0, Sequence = 0 }.ToBytes())).ShouldBe((ErrorCode.None, 2L));
    }

    [Fact]
    public async Task Broken_and_forbidden_batches_are_refused_each_with_its_own_error()
    {
        await using var test = await StartAsync();
        using var client = await RawClient.ConnectAsync(test);
        byte[] good = new TestBatch().ToBytes();
        byte[] corrupt = [.. good];
        corrupt[^1] ^= 1;
        byte[] placed = [.. good];
        placed[7] = 1;
        byte[] oldFormat = [.. good];
        oldFormat[16] = 1;

        (await client.ProduceAsync("out", corrupt)).Error.ShouldBe(ErrorCode.CorruptMessage);
        (await client.ProduceAsync("out", placed)).Error.ShouldBe(ErrorCode.InvalidRecord);
        (await client.ProduceAsync("out", oldFormat)).Error.ShouldBe(ErrorCode.InvalidRecord);
        (await client.ProduceAsync("out", [.. good, .. good])).Error.ShouldBe(ErrorCode.InvalidRecord);
        (await client.ProduceAsync("out", good[..^1])).Error.ShouldBe(ErrorCode.CorruptMessage);
        (await client.ProduceAsync("out", good[..20])).Error.ShouldBe(ErrorCode.InvalidRecord);
        (await client.ProduceAsync("out", new TestBatch { Control = true }.ToBytes())).Error.ShouldBe(ErrorCode.InvalidRecord);
        (await client.ProduceAsync("out", new TestBatch { ProducerId = 5, Epoch = 0 }.ToBytes())).Error.ShouldBe(ErrorCode.InvalidRecord);
        (await client.ProduceAsync("nowhere", good)).Error.ShouldBe(ErrorCode.UnknownTopicOrPartition);
        (await client.ProduceAsync("small", new TestBatch { Records = 20 }.ToBytes())).Error.ShouldBe(ErrorCode.MessageTooLarge);
        (await client.ProduceAsync("out", new TestBatch { Timestamp = TimeProvider.System.GetUtcNow().AddHours(2).ToUnixTimeMilliseconds() }.ToBytes())).Error.ShouldBe(ErrorCode.InvalidTimestamp);
        (await client.ProduceAsync("compacted", good)).Error.ShouldBe(ErrorCode.InvalidRecord);
        (await client.ProduceAsync("out", good)).ShouldBe((ErrorCode.None, 0L));
    }

    [Fact]
    public async Task A_transactional_batch_needs_its_partition_in_an_open_transaction()
    {
        await using var test = await StartAsync();
        using var client = await RawClient.ConnectAsync(test);
        var (_, id, epoch) = await client.InitProducerAsync("writer");
        byte[] batch = new TestBatch { ProducerId = id, Epoch = epoch, Sequence = 0, Transactional = true }.ToBytes();

        (await client.ProduceAsync("out", batch, "writer")).Error.ShouldBe(ErrorCode.InvalidTxnState);
        (await client.ProduceAsync("out", batch, "stranger")).Error.ShouldBe(ErrorCode.InvalidProducerIdMapping);
        (await client.ProduceAsync("out", batch)).Error.ShouldBe(ErrorCode.InvalidTxnState);
    }

    [Fact]
    public async Task Without_acknowledgement_the_next_answer_follows_at_once()
    {
        await using var test = await StartAsync();
        using var client = await RawClient.ConnectAsync(test);
        await client.SendAsync(ApiKey.Produce, 7, writer =>
        {
            writer.WriteNullableString(null);
            writer.WriteInt16(0);
            writer.WriteInt32(1000);
            writer.WriteArrayLength(1);
            writer.WriteString("out");
            writer.WriteArrayLength(1);
            writer.WriteInt32(0);
            writer.WriteBytes(new TestBatch().ToBytes());
        });

        (await client.ProduceAsync("out", new TestBatch().ToBytes())).ShouldBe((ErrorCode.None, 1L));
    }

    private static async Task<BrokerUnderTest> StartAsync()
    {
        var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("out");
        await test.CreateTopicAsync("small", 1, ("max.message.bytes", "100"));
        await test.CreateTopicAsync("compacted", 1, ("cleanup.policy", "compact"));
        return test;
    }
}
