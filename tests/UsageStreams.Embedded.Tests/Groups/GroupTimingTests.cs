using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests.Groups;

/// <summary>The rules of a group that depend on time, on a clock that the test moves.</summary>
public sealed class GroupTimingTests : IDisposable
{
    private static readonly TimeSpan Session = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rebalance = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Journal _journal;

    public GroupTimingTests() =>
        _journal = Journal.Open(Path.Combine(_folder.Path, "journal"), new Disk(RandomAccess.Write, NullLogger.Instance));

    [Fact]
    public void A_new_member_is_first_given_an_id_and_joins_with_it()
    {
        using var group = NewGroup();

        var first = Answered(group.Join(Request()));
        var second = Answered(group.Join(Request(member: first.MemberId)));

        first.Error.ShouldBe(ErrorCode.MemberIdRequired);
        (second.Error, second.MemberId, second.Leader, second.Generation).ShouldBe((ErrorCode.None, first.MemberId, first.MemberId, 1));
    }

    [Fact]
    public void A_member_that_falls_silent_is_removed_after_its_session()
    {
        using var group = NewGroup();
        var (one, two) = FormPair(group);

        _time.Advance(TimeSpan.FromSeconds(9));
        group.Heartbeat(one.MemberId, null, one.Generation).ShouldBe(ErrorCode.None);
        _time.Advance(TimeSpan.FromSeconds(2));

        group.Heartbeat(one.MemberId, null, one.Generation).ShouldBe(ErrorCode.RebalanceInProgress);
        group.Heartbeat(two.MemberId, null, two.Generation).ShouldBe(ErrorCode.UnknownMemberId);
        Answered(group.Join(Request(member: one.MemberId))).Members!.Count.ShouldBe(1);
    }

    [Fact]
    public void A_member_that_does_not_rejoin_is_dropped_after_the_rebalance_timeout()
    {
        using var group = NewGroup();
        var (one, two) = FormPair(group);

        var rejoin = group.Join(Request(member: one.MemberId, metadata: 9));
        for (int i = 0; i < 12; i++)
        {
            rejoin.IsCompleted.ShouldBeFalse();
            group.Heartbeat(two.MemberId, null, two.Generation).ShouldBe(ErrorCode.RebalanceInProgress);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Answered(rejoin).Members!.Select(member => member.Id).ShouldBe([one.MemberId]);
    }

    [Fact]
    public void A_leader_that_never_assigns_is_dropped_and_the_others_rebalance()
    {
        using var group = NewGroup();
        var leader = JoinTwice(group);
        var follower = group.Join(Request(member: Answered(group.Join(Request())).MemberId));
        Answered(group.Join(Request(member: leader.MemberId)));
        var joined = Answered(follower);
        var sync = group.Sync(Sync(joined));

        for (int i = 0; i < 12; i++)
        {
            group.Heartbeat(leader.MemberId, null, joined.Generation);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Answered(sync).Error.ShouldBe(ErrorCode.RebalanceInProgress);
        group.Heartbeat(leader.MemberId, null, joined.Generation).ShouldBe(ErrorCode.UnknownMemberId);
        Answered(group.Join(Request(member: joined.MemberId))).Leader.ShouldBe(joined.MemberId);
    }

    [Fact]
    public void The_first_rebalance_waits_for_more_members_when_told_to()
    {
        using var group = NewGroup(TimeSpan.FromSeconds(3));
        var one = group.Join(Request(member: Answered(group.Join(Request())).MemberId));
        _time.Advance(TimeSpan.FromSeconds(2));
        var two = group.Join(Request(member: Answered(group.Join(Request())).MemberId));
        _time.Advance(TimeSpan.FromSeconds(2));
        one.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(3));

        (Answered(one).Generation, Answered(two).Generation).ShouldBe((1, 1));
    }

    [Fact]
    public void An_old_leader_that_restarts_statically_is_not_asked_to_assign()
    {
        using var group = NewGroup();
        var old = Answered(group.Join(Request(instance: "a")));
        Answered(group.Sync(Sync(old, instance: "a"))).Assignment.ShouldBe([7]);

        var restarted = Answered(group.Join(Request(instance: "a")));

        (restarted.Error, restarted.Generation, restarted.Leader).ShouldBe((ErrorCode.None, old.Generation, old.MemberId));
        restarted.MemberId.ShouldNotBe(old.MemberId);
        Answered(group.Sync(Sync(restarted, instance: "a"))).Assignment.ShouldBe([7]);
        group.Heartbeat(old.MemberId, "a", old.Generation).ShouldBe(ErrorCode.FencedInstanceId);
    }

    [Fact]
    public void A_group_that_was_rebalancing_when_the_broker_stopped_starts_over()
    {
        JoinResult one;
        JoinResult two;
        using (var group = NewGroup())
        {
            (one, two) = FormPair(group);
            _ = group.Join(Request(member: two.MemberId, metadata: 9));
        }

        using var restored = NewGroup();
        restored.Restore(GroupRecord.FromBytes(_journal.Get(GroupRecord.Key("group"))!));

        restored.Heartbeat(one.MemberId, null, one.Generation).ShouldBe(ErrorCode.RebalanceInProgress);
        var again = restored.Join(Request(member: one.MemberId));
        Answered(restored.Join(Request(member: two.MemberId)));
        Answered(again).Generation.ShouldBe(one.Generation + 1);
    }

    [Fact]
    public void A_stable_group_comes_back_stable()
    {
        JoinResult one;
        using (var group = NewGroup())
            (one, _) = FormPair(group);

        using var restored = NewGroup();
        restored.Restore(GroupRecord.FromBytes(_journal.Get(GroupRecord.Key("group"))!));

        restored.Heartbeat(one.MemberId, null, one.Generation).ShouldBe(ErrorCode.None);
        Answered(restored.Sync(Sync(one))).Assignment.ShouldBe([7]);
    }

    [Fact]
    public void Positions_are_taken_from_members_of_the_generation_only()
    {
        using var group = NewGroup();
        var (one, _) = FormPair(group);
        OffsetToCommit[] offsets = [new(new TopicPartition("in", 0), new CommittedOffset(5, -1, "note"))];

        group.Commit(new Committer(one.MemberId, null, one.Generation - 1), offsets).ShouldBe(ErrorCode.IllegalGeneration);
        group.Commit(new Committer("stranger", null, one.Generation), offsets).ShouldBe(ErrorCode.UnknownMemberId);
        group.Commit(new Committer("", null, -1), offsets).ShouldBe(ErrorCode.UnknownMemberId);
        group.Commit(new Committer(one.MemberId, null, one.Generation), offsets).ShouldBe(ErrorCode.None);

        group.FetchOffsets(null).ShouldBe([new FetchedOffset(offsets[0].Partition, offsets[0].Offset, Unstable: false)]);
    }

    [Fact]
    public void Staged_positions_are_unstable_until_the_transaction_ends()
    {
        using var group = NewGroup();
        OffsetToCommit[] offsets = [new(new TopicPartition("in", 0), new CommittedOffset(5, -1, ""))];

        group.Stage(new Committer("", null, -1), 77, offsets).ShouldBe(ErrorCode.None);
        group.FetchOffsets([offsets[0].Partition])[0].ShouldBe(new FetchedOffset(offsets[0].Partition, CommittedOffset.None, Unstable: true));
        group.EndTransaction(77, commit: true);

        group.FetchOffsets([offsets[0].Partition])[0].ShouldBe(new FetchedOffset(offsets[0].Partition, offsets[0].Offset, Unstable: false));
    }

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
    }

    private Group NewGroup(TimeSpan initialDelay = default) =>
        new("group", new GroupSettings(_time, _journal, initialDelay, NullLogger.Instance));

    private static JoinRequest Request(string member = "", string? instance = null, byte metadata = 1) => new(
        "group", member, instance, "client", "/127.0.0.1", Session, Rebalance, "consumer", [new MemberProtocol("range", [metadata])],
        RequiresMemberId: true, CanSkipAssignment: false);

    private static SyncRequest Sync(JoinResult joined, string? instance = null) => new(
        joined.MemberId, instance, joined.Generation, null, null,
        (joined.Members ?? []).ToDictionary(member => member.Id, _ => new byte[] { 7 }));

    private static JoinResult JoinTwice(Group group) => Answered(group.Join(Request(member: Answered(group.Join(Request())).MemberId)));

    /// <summary>Two members, the first of which leads, in a stable generation.</summary>
    private static (JoinResult Leader, JoinResult Follower) FormPair(Group group)
    {
        var alone = JoinTwice(group);
        var follower = group.Join(Request(member: Answered(group.Join(Request())).MemberId));
        var leader = Answered(group.Join(Request(member: alone.MemberId)));
        var joined = Answered(follower);
        Answered(group.Sync(Sync(leader))).Error.ShouldBe(ErrorCode.None);
        Answered(group.Sync(Sync(joined))).Assignment.ShouldBe([7]);
        return (leader, joined);
    }

    private static T Answered<T>(Task<T> answer)
    {
        answer.IsCompleted.ShouldBeTrue("the answer is still parked");
        return answer.GetAwaiter().GetResult();
    }
}
