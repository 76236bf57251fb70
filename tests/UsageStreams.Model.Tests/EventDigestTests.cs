using FsCheck;
using FsCheck.Fluent;
using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

public sealed class EventDigestTests
{
    [Fact]
    public void Parts_of_an_identity_do_not_run_into_each_other()
    {
        EventDigest.Of("a-b", "c", "1").ShouldNotBe(EventDigest.Of("a", "b-c", "1"));
        EventDigest.Of("a", "bc", "1").ShouldNotBe(EventDigest.Of("ab", "c", "1"));
    }

    [Fact]
    public void A_set_has_one_digest_whatever_its_order() => Prop.ForAll((string[] ids, int seed) =>
    {
        var shuffled = ids.ToArray();
        new Random(seed).Shuffle(shuffled);
        return Sum(ids) == Sum(shuffled);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_missing_event_changes_the_digest()
    {
        var ids = Enumerable.Range(0, 1000).Select(id => $"{id}").ToArray();

        Sum(ids[1..]).ShouldNotBe(Sum(ids));
    }

    [Fact]
    public void The_first_part_is_the_sha_256_of_length_prefixed_parts()
    {
        byte[] identity = [0, 0, 0, 1, (byte)'t', 0, 0, 0, 1, (byte)'s', 0, 0, 0, 2, (byte)'4', (byte)'2'];

        EventDigest.Of("t", "s", "42").ToBytes().ShouldBe(System.Security.Cryptography.SHA256.HashData(identity)[..EventDigest.Size]);
    }

    [Fact]
    public void Of_every_length_it_is_the_hash_that_net_comes_to()
    {
        for (var length = 0; length < 700; length++)
        {
            byte[] identity = [0, 0, 0, 1, (byte)'t', 0, 0, 0, 1, (byte)'s', 0, 0, (byte)(length >> 8), (byte)length, .. Enumerable.Repeat((byte)'x', length)];

            EventDigest.Of("t", "s", new string('x', length)).ToBytes().ShouldBe(System.Security.Cryptography.SHA256.HashData(identity)[..EventDigest.Size], $"{length}");
        }
    }

    [Fact]
    public void Many_threads_hash_at_once()
    {
        var expected = Enumerable.Range(0, 1000).Select(id => EventDigest.Of("t", "s", $"{id}")).ToArray();

        Parallel.For(0, 100_000, id => EventDigest.Of("t", "s", $"{id % 1000}").ShouldBe(expected[id % 1000]));
    }

    [Fact]
    public void It_survives_its_bytes() => Prop.ForAll((string? id) =>
    {
        var digest = EventDigest.Of("tenant", "source", id ?? string.Empty);
        return EventDigest.FromBytes(digest.ToBytes()) == digest;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ids_longer_than_the_stack_buffer_are_hashed_whole()
    {
        var longer = new string('x', 10_000);

        EventDigest.Of("t", "s", longer + "1").ShouldNotBe(EventDigest.Of("t", "s", longer + "2"));
    }

    [Fact]
    public void Fifteen_bytes_are_no_digest() => Should.Throw<ModelException>(() => EventDigest.FromBytes(new byte[15])).Message.ShouldContain("15");

    private static EventDigest Sum(IEnumerable<string?> ids) =>
        ids.Aggregate(EventDigest.None, (sum, id) => sum + EventDigest.Of("tenant", "source", id ?? string.Empty));
}
