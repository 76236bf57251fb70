using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Testing.Internal;

/// <summary>The open transaction: records become visible together when it is committed.</summary>
internal sealed class TestCollector(TestCluster cluster, TimeProvider clock) : RecordCollector
{
    private readonly List<(TestTopic Topic, StoredRecord Record)> _open = [];

    public override int PartitionCount(string topic) => cluster[topic].PartitionCount;

    /// <summary>Ends the transaction and gives what it held.</summary>
    public IReadOnlyList<(TestTopic Topic, StoredRecord Record)> Commit()
    {
        (TestTopic Topic, StoredRecord Record)[] committed = [.. _open];
        _open.Clear();
        return committed;
    }

    protected override void Write(in OutputRecord record) => _open.Add((cluster[record.Topic], new StoredRecord(
        record.Partition,
        record.HasKey ? record.Key.ToArray() : null,
        record.HasValue ? record.Value.ToArray() : null,
        record.Headers,
        record.Timestamp == OutputRecord.Now ? clock.GetUtcNow().ToUnixTimeMilliseconds() : record.Timestamp)));
}
