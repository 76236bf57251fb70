using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Embedded.Registry;

namespace UsageStreams.Embedded.Tests.Registry;

public sealed class EmbeddedRegistryTests(RegistryFixture fixture) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task A_restart_keeps_everything()
    {
        string topic = RegistryFixture.NewTopic();
        string before;
        await using (EmbeddedRegistry first = await fixture.StartAsync(topic))
        {
            using var client = new RegistryClient(first.Url);
            await client.Register("a-value", Schemas.Plain);
            await client.Register("a-value", Schemas.WithOptional);
            await client.Register("gone", Schemas.Other);
            await client.Put("/config", """{"compatibility":"FULL"}""");
            await client.Put("/mode/a-value", """{"mode":"READONLY"}""");
            await client.Delete("/subjects/gone");
            await client.Delete("/subjects/gone?permanent=true");
            before = await Everything(client);
        }

        await using EmbeddedRegistry second = await fixture.StartAsync(topic);
        using var again = new RegistryClient(second.Url);

        (await Everything(again)).ShouldBe(before);
        (await again.Register("b", Schemas.Other)).Json["id"]!.GetValue<int>().ShouldBe(4, "id 3 was given to a schema that is gone");
    }

    [Fact]
    public async Task The_topic_holds_what_the_Confluent_server_would_write()
    {
        string topic = RegistryFixture.NewTopic();
        await using EmbeddedRegistry registry = await fixture.StartAsync(topic);
        using var client = new RegistryClient(registry.Url);
        await client.Register("a", "\"string\"");
        await client.Delete("/subjects/a");

        ReadAll(topic, count: 2).ShouldBe([
            """{"keytype":"SCHEMA","subject":"a","version":1,"magic":1} {"subject":"a","version":1,"id":1,"schemaType":"AVRO","schema":"\"string\"","deleted":false}""",
            """{"keytype":"DELETE_SUBJECT","subject":"a","magic":0} {"subject":"a","version":1}""",
        ]);
    }

    [Fact]
    public async Task A_log_with_records_it_cannot_read_is_read_past_them()
    {
        string topic = RegistryFixture.NewTopic();
        await using (await fixture.StartAsync(topic))
        {
            using IProducer<string, string> producer = new ProducerBuilder<string, string>(new ClientConfig { BootstrapServers = fixture.BootstrapServers }).Build();
            await producer.ProduceAsync(topic, new Message<string, string> { Key = "damaged", Value = "damaged" }, TestContext.Current.CancellationToken);
            await producer.ProduceAsync(topic, new Message<string, string> { Key = """{"keytype":"NOOP","magic":0}""", Value = null! }, TestContext.Current.CancellationToken);
        }

        await using EmbeddedRegistry registry = await fixture.StartAsync(topic);
        using var client = new RegistryClient(registry.Url);

        (await client.Register("a", Schemas.Plain)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Registrations_at_the_same_time_give_each_schema_one_id()
    {
        await using EmbeddedRegistry registry = await fixture.StartAsync(RegistryFixture.NewTopic());
        using var client = new RegistryClient(registry.Url);

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => client.Register(
            $"subject-{i % 4}", $$"""{"type":"record","name":"R","fields":[{"name":"f{{i % 5}}","type":"int","default":0}]}""")));

        answers.ShouldAllBe(answer => answer.Status == 200);
        var registered = answers.Select(answer => (Id: answer.Json["id"]!.GetValue<int>(), Schema: answer.Json["schema"]!.GetValue<string>())).Distinct().ToList();
        registered.Select(pair => pair.Id).Order().ShouldBe([1, 2, 3, 4, 5]);
        registered.Select(pair => pair.Schema).Distinct(StringComparer.Ordinal).Count().ShouldBe(5);
        for (int subject = 0; subject < 4; subject++)
            (await client.Get($"/subjects/subject-{subject}/versions")).Text.ShouldBe("[1,2,3,4,5]");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_what_to_do()
    {
        await using EmbeddedRegistry first = await fixture.StartAsync(RegistryFixture.NewTopic());

        var refused = await Should.ThrowAsync<EmbeddedRegistryException>(() => fixture.StartAsync(RegistryFixture.NewTopic(), first.Url.Port));

        refused.Message.ShouldContain(first.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        refused.Message.ShouldContain("choose another port");
    }

    [Fact]
    public async Task A_topic_that_is_not_compacted_or_has_more_partitions_is_refused()
    {
        string expiring = RegistryFixture.NewTopic();
        string wide = RegistryFixture.NewTopic();
        using IAdminClient admin = new AdminClientBuilder(new ClientConfig { BootstrapServers = fixture.BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = expiring, NumPartitions = 1 }, new TopicSpecification { Name = wide, NumPartitions = 2 }]);

        (await Should.ThrowAsync<EmbeddedRegistryException>(() => fixture.StartAsync(expiring))).Message.ShouldContain("cleanup.policy=delete");
        (await Should.ThrowAsync<EmbeddedRegistryException>(() => fixture.StartAsync(wide))).Message.ShouldContain("2 partitions");
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_named()
    {
        var options = new EmbeddedRegistryOptions { BootstrapServers = "127.0.0.1:1", KafkaTimeout = TimeSpan.FromSeconds(1) };

        var refused = await Should.ThrowAsync<EmbeddedRegistryException>(() => EmbeddedRegistry.StartAsync(options, null, TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("127.0.0.1:1");
    }

    [Fact]
    public async Task Options_that_are_not_valid_are_all_named()
    {
        var options = new EmbeddedRegistryOptions { BootstrapServers = "", Port = 70000, Topic = " " };

        var refused = await Should.ThrowAsync<EmbeddedRegistryException>(() => EmbeddedRegistry.StartAsync(options, null, TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("BootstrapServers");
        refused.Message.ShouldContain("70000");
        refused.Message.ShouldContain("Topic");
    }

    private static async Task<string> Everything(RegistryClient client)
    {
        string[] paths = ["/schemas?deleted=true", "/subjects", "/config", "/mode/a-value", "/subjects/a-value/versions/latest", "/schemas/ids/2"];
        var answers = new List<string>();
        foreach (string path in paths)
            answers.Add((await client.Get(path)).Text);
        return string.Join('\n', answers);
    }

    private List<string> ReadAll(string topic, int count)
    {
        var settings = new ConsumerConfig { BootstrapServers = fixture.BootstrapServers, GroupId = "reader", EnableAutoCommit = false };
        using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(settings).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var records = new List<string>();
        while (records.Count < count)
        {
            ConsumeResult<string, string> result = consumer.Consume(TimeSpan.FromSeconds(30)).ShouldNotBeNull($"{records.Count} of {count} records came");
            records.Add($"{result.Message.Key} {result.Message.Value}");
        }

        return records;
    }
}
