using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

public sealed class StoreTests
{
    private static readonly TopologyTestDriverOptions ByHand = new() { CommitAfterEachRecord = false };

    [Fact]
    public void A_commit_writes_one_changelog_record_per_changed_key()
    {
        using var driver = new TopologyTestDriver(Topologies.Count(out _), ByHand);
        TestOutputTopic<string, long> changelog = driver.Counts("test-counts-changelog");
        TestInputTopic<string, string> input = driver.Input();
        for (int i = 0; i < 5; i++)
        {
            input.Pipe("a", "x");
            input.Pipe("b", "x");
        }

        changelog.ReadAll().ShouldBeEmpty();
        driver.Commit();

        changelog.ReadKeyValues().ShouldBe([KeyValuePair.Create("a", 5L), KeyValuePair.Create("b", 5L)]);
        input.Pipe("b", "x");
        driver.Commit();
        changelog.ReadKeyValues().ShouldBe([KeyValuePair.Create("b", 6L)]);
    }

    [Fact]
    public void Nothing_is_visible_before_the_commit()
    {
        using var driver = new TopologyTestDriver(Topologies.Count(out _), ByHand);
        TestOutputTopic<string, long> output = driver.Counts();
        driver.Input().Pipe("a", "x");

        output.ReadAll().ShouldBeEmpty();
        driver.Commit();
        output.ReadKeyValues().ShouldBe([KeyValuePair.Create("a", 1L)]);
    }

    [Fact]
    public void A_crash_restores_the_store_to_the_last_commit_and_reads_the_rest_again()
    {
        using var driver = new TopologyTestDriver(Topologies.Count(out StoreBuilder<string, long> counts), ByHand);
        TestOutputTopic<string, long> output = driver.Counts();
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "x");
        driver.Commit();
        input.Pipe("a", "x");
        driver.GetStore(counts).Get("a").ShouldBe(2);

        driver.Restart();
        driver.Commit();

        driver.GetStore(counts).Get("a").ShouldBe(2);
        output.ReadKeyValues().ShouldBe([KeyValuePair.Create("a", 1L), KeyValuePair.Create("a", 2L)]);
    }
}
