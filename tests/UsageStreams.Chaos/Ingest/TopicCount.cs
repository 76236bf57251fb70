using UsageStreams.Host.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Chaos.Ingest;

/// <summary>What stands on the topic, held against what was acknowledged.</summary>
/// <param name="Records">Records on it.</param>
/// <param name="Distinct">Events on it.</param>
/// <param name="Lost">Events that were acknowledged and do not stand on it.</param>
/// <param name="Misplaced">Events that do not stand where they were last said to stand.</param>
internal readonly record struct TopicCount(int Records, int Distinct, int Lost, int Misplaced)
{
    public static TopicCount Of(KafkaAccess access, UsageValues values, Acknowledged acknowledged, int events, CancellationToken cancellation)
    {
        var found = new bool[events];
        var placed = new bool[events];
        var records = 0;
        TopicReader.ReadToEnd(
            access, access.Topics.Events,
            record =>
            {
                records++;
                var number = Acknowledged.NumberOf(values.Read<UsageEvent>(access.Topics.Events, record.Message.Value));
                found[number] = true;
                placed[number] |= acknowledged.StandsAt(number, record.Partition.Value, record.Offset.Value);
            },
            cancellation);
        var numbers = Enumerable.Range(0, events).ToArray();
        return new TopicCount(
            records, found.Count(static there => there), numbers.Count(number => acknowledged.Contains(number) && !found[number]),
            numbers.Count(number => acknowledged.Contains(number) && !placed[number]));
    }
}
