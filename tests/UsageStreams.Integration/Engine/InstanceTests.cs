using UsageStreams.Streams;
using UsageStreams.Streams.Queries;

namespace UsageStreams.Integration.Engine;

/// <summary>Where keys live, over several instances.</summary>
public sealed class InstanceTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private const int Partitions = 4;
    private const string FirstServer = "first.example:7001";
    private const string SecondServer = "second.example:7002";

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_a_key_lives_follows_its_task_from_instance_to_instance()
    {
        string input = await kafka.CreateTopicAsync("in", Partitions);
        string output = await kafka.CreateTopicAsync("out", 2);
        var options = new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection, SessionTimeout = TimeSpan.FromSeconds(6) };
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 21, count: 1000);
        kafka.Write(input, records);

        await using KafkaStreams first = Make(FirstServer, out StoreBuilder<string, long> firstStore);
        await first.StartAsync(Ending);
        await Eventually.TrueAsync(() => Tasks(first, FirstServer) == 2 * Partitions, "all tasks told by the first instance");
        totals.Keys.ShouldAllBe(group => first.QueryMetadataForKey(firstStore, group).IsLocal);

        await using KafkaStreams second = Make(SecondServer, out StoreBuilder<string, long> secondStore);
        await second.StartAsync(Ending);
        foreach (KafkaStreams instance in new[] { first, second })
            await Eventually.TrueAsync(() => Tasks(instance, FirstServer) == Partitions && Tasks(instance, SecondServer) == Partitions, "half of the tasks told by each");
        await ShouldAnswerWhereItIsSaid(totals, (FirstServer, first, firstStore), (SecondServer, second, secondStore));

        string moved = totals.Keys.First();
        bool isSecond = second.QueryMetadataForKey(secondStore, moved).IsLocal;
        (KafkaStreams leaving, KafkaStreams staying, StoreBuilder<string, long> store) = isSecond ? (second, first, firstStore) : (first, second, secondStore);
        StoreUnavailableException elsewhere = await Should.ThrowAsync<StoreUnavailableException>(() => staying.Store(store).GetAsync(moved, Ending));
        elsewhere.Reason.ShouldBe(StoreUnavailableReason.NotHere);
        elsewhere.ApplicationServer.ShouldBe(isSecond ? SecondServer : FirstServer);
        elsewhere.IsTransient.ShouldBeFalse();
        elsewhere.Task.ShouldBe(staying.QueryMetadataForKey(store, moved).Task);

        await leaving.StopAsync(Ending);
        await Eventually.TrueAsync(() => Tasks(staying, isSecond ? FirstServer : SecondServer) == 2 * Partitions, "all tasks told by the instance that stays");
        staying.AllInstances.Count.ShouldBe(1);
        staying.QueryMetadataForKey(store, moved).IsLocal.ShouldBeTrue();
        await Eventually.TrueAsync(() => staying.State == StreamsState.Running, "the instance that stays runs all");
        foreach ((string group, long total) in totals)
            (await staying.Store(store).GetAsync(group, Ending)).Value.ShouldBe(total, group);

        KafkaStreams Make(string server, out StoreBuilder<string, long> store) =>
            new(SumTopology.Build(input, output, out store), options with { ApplicationServer = server }, new TestLogger());
    }

    [Fact]
    public async Task Without_an_application_server_nobody_announces_and_no_topic_is_made()
    {
        string input = await kafka.CreateTopicAsync("in", 1);
        string output = await kafka.CreateTopicAsync("out", 1);
        var options = new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection };
        kafka.Write(input, [("g:1", "1")]);
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out StoreBuilder<string, long> store), options, new TestLogger());
        await streams.StartAsync(Ending);
        kafka.Read(output, static records => records.Count >= 1);

        streams.AllInstances.ShouldBeEmpty();
        streams.QueryMetadataForKey(store, "g").ShouldBe(new KeyQueryMetadata(new TaskId("groups", 0), null, IsLocal: true, null));
        kafka.Topics().ShouldNotContain($"{options.ApplicationId}-instances");
    }

    private static int Tasks(KafkaStreams streams, string server) =>
        streams.AllInstances.FirstOrDefault(instance => instance.ApplicationServer == server)?.Tasks.Count ?? 0;

    private static async Task ShouldAnswerWhereItIsSaid(
        Dictionary<string, long> totals, params (string Server, KafkaStreams Streams, StoreBuilder<string, long> Store)[] instances)
    {
        foreach ((string group, long total) in totals)
        {
            foreach ((_, KafkaStreams asked, StoreBuilder<string, long> store) in instances)
            {
                KeyQueryMetadata where = asked.QueryMetadataForKey(store, group);
                (string server, KafkaStreams owner, StoreBuilder<string, long> owned) = instances.Single(i => i.Server == where.ApplicationServer);
                await Eventually.TrueAsync(() => owner.State == StreamsState.Running, $"{server} runs");
                (await owner.Store(owned).GetAsync(group, Ending)).Value.ShouldBe(total, $"{group} at {server}");
            }
        }
    }
}
