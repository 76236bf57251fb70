using System.Globalization;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

/// <summary>
/// Golden/murmur2.txt holds what Kafka's own Java client (kafka-clients 4.3.1) computes: a key's bytes in base 64, <c>Utils.murmur2</c> of them,
/// a number of partitions from 1 to 64, and <c>BuiltInPartitioner.partitionForKey</c> of both.
/// </summary>
public sealed class Murmur2Tests
{
    private static readonly Lazy<Vector[]> Vectors = new(static () =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "UsageStreams.Streams.Tests", "Golden", "murmur2.txt")).Select(Vector.Parse)]);

    [Fact]
    public void Ten_thousand_keys_hash_as_in_the_java_client()
    {
        Vectors.Value.Length.ShouldBe(10_000);
        Vectors.Value.Where(static v => (int)Partitioners.Murmur2Hash(v.Key) != v.Hash).ShouldBeEmpty();
    }

    [Fact]
    public void Ten_thousand_keys_go_to_the_partition_that_the_java_client_gives_them()
    {
        Vectors.Value.Select(static v => v.Partitions).Distinct().Order().ShouldBe(Enumerable.Range(1, 64));
        Vectors.Value.Where(static v => Partitioners.Murmur2(v.Key, v.Partitions) != v.Partition).ShouldBeEmpty();
    }

    [Fact]
    public void The_partition_is_the_rest_of_the_hash_without_its_sign_for_1_to_64_partitions()
    {
        foreach (Vector vector in Vectors.Value)
        {
            for (int partitions = 1; partitions <= 64; partitions++)
                Partitioners.Murmur2(vector.Key, partitions).ShouldBe((vector.Hash & int.MaxValue) % partitions);
        }
    }

    private sealed record Vector(byte[] Key, int Hash, int Partitions, int Partition)
    {
        public static Vector Parse(string line)
        {
            string[] fields = line.Split(' ');
            return new Vector(Convert.FromBase64String(fields[0]), Number(fields[1]), Number(fields[2]), Number(fields[3]));
        }

        private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
