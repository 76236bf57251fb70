using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Tests.Support;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Tests.Protocol;

public sealed class ApiVersionsTests
{
    [Fact]
    public async Task A_version_that_is_too_new_is_answered_in_the_oldest_layout()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        using var client = await RawClient.ConnectAsync(test);

        var answer = await client.CallAsync(ApiKey.ApiVersions, 99, writer => writer.WriteRaw([0xff, 0xff, 0xff]));

        answer.ReadInt16().ShouldBe((short)ErrorCode.UnsupportedVersion);
        answer.ReadInt32().ShouldBe(1);
        (answer.ReadInt16(), answer.ReadInt16(), answer.ReadInt16()).ShouldBe(((short)18, (short)0, (short)4));
        answer.Remaining.ShouldBe(0);
    }

    [Fact]
    public async Task Ranges_hold_the_single_versions_old_clients_look_for()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        using var client = await RawClient.ConnectAsync(test);

        var answer = await client.CallAsync(ApiKey.ApiVersions, 0, _ => { });

        answer.ReadInt16().ShouldBe((short)0);
        var ranges = new Dictionary<ApiKey, (short Min, short Max)>();
        for (int remaining = answer.ReadInt32(); remaining > 0; remaining--)
            ranges.Add((ApiKey)answer.ReadInt16(), (answer.ReadInt16(), answer.ReadInt16()));
        // librdkafka before 2.11.1 switches features off when one of these is missing.
        (ApiKey Key, short Version)[] needed =
        [
            (ApiKey.Produce, 0), (ApiKey.Produce, 3), (ApiKey.Produce, 7), (ApiKey.Fetch, 4), (ApiKey.Fetch, 10), (ApiKey.ListOffsets, 1),
            (ApiKey.OffsetCommit, 2), (ApiKey.OffsetFetch, 1), (ApiKey.FindCoordinator, 0), (ApiKey.JoinGroup, 0), (ApiKey.SyncGroup, 0),
            (ApiKey.Heartbeat, 0), (ApiKey.LeaveGroup, 0), (ApiKey.InitProducerId, 0),
        ];
        foreach (var (key, version) in needed)
            version.ShouldBeInRange(ranges[key].Min, ranges[key].Max, $"{key}");
    }

    [Fact]
    public async Task Unreadable_requests_close_the_connection_and_leave_the_broker_alone()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        using (var http = await RawClient.ConnectAsync(test))
        {
            await http.SendAsync((ApiKey)999, 0, _ => { });
            (await http.IsClosedByBrokerAsync()).ShouldBeTrue();
        }

        using (var shortened = await RawClient.ConnectAsync(test))
        {
            await shortened.SendAsync(ApiKey.Metadata, 1, writer => writer.WriteInt32(1_000_000));
            (await shortened.IsClosedByBrokerAsync()).ShouldBeTrue();
        }

        using var client = await RawClient.ConnectAsync(test);
        (await client.CallAsync(ApiKey.ApiVersions, 0, _ => { })).ReadInt16().ShouldBe((short)0);
    }

    [Fact]
    public async Task Random_bytes_in_any_request_never_stop_the_broker()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        var random = new Random(20);
        foreach (var key in Enum.GetValues<ApiKey>())
        {
            for (int round = 0; round < 20; round++)
            {
                byte[] body = new byte[random.Next(60)];
                random.NextBytes(body);
                short version = (short)random.Next(13);
                using var client = await RawClient.ConnectAsync(test);
                await client.SendAsync(key, version, writer => writer.WriteRaw(body));
            }
        }

        using var sane = await RawClient.ConnectAsync(test);
        (await sane.CallAsync(ApiKey.ApiVersions, 0, _ => { })).ReadInt16().ShouldBe((short)0);
        test.Broker.Failed.IsCompleted.ShouldBeFalse();
    }
}
