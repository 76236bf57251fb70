using FsCheck;
using FsCheck.Fluent;
using UsageStreams.Sinks.Runtime;

namespace UsageStreams.Sinks.Tests.Runtime;

public sealed class LanesTests
{
    [Fact]
    public void Every_document_goes_once_in_its_accounts_order_and_no_batch_is_too_large() => Prop.ForAll((byte[] accounts, PositiveInt max) =>
    {
        var maxBatch = max.Get % 7 + 1;
        var documents = accounts.Select((account, index) => (Account: account % 5, Index: index)).ToList();
        var lanes = Lanes.Plan(documents, document => document.Account.ToString(), maxBatch);

        var planned = lanes.SelectMany(lane => lane.SelectMany(batch => batch)).ToList();
        return planned.Order().SequenceEqual(documents.Order())
            && lanes.All(lane => lane.All(batch => batch.Length > 0 && batch.Length <= maxBatch))
            && documents.GroupBy(document => document.Account).All(group => IsInOneLaneInOrder(lanes, group.ToList()));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Small_accounts_share_a_batch_and_do_not_wait_for_a_large_one()
    {
        var lanes = Lanes.Plan(["a", "b", "c", "c", "c", "c"], account => account, 3);
        lanes.Select(lane => string.Join('|', lane.Select(batch => string.Concat(batch)))).ShouldBe(["ccc|c", "ab"], ignoreOrder: true);
    }

    private static bool IsInOneLaneInOrder(List<List<(int Account, int Index)[]>> lanes, List<(int Account, int Index)> documents)
    {
        var holders = lanes.Select(lane => lane.SelectMany(batch => batch).Where(document => document.Account == documents[0].Account).ToList())
            .Where(held => held.Count > 0).ToList();
        return holders.Count == 1 && holders[0].SequenceEqual(documents);
    }
}
