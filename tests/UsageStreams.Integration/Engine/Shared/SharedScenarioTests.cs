using System.Text;
using UsageStreams.Streams;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Integration.Engine.Shared;

/// <summary>One suite for the driver and a broker: what a topology gives must not depend on which of them runs it.</summary>
public sealed class SharedScenarioTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private const int Partitions = 3;

    public static TheoryData<string> Names => [.. SharedScenario.All.Select(static s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_scenario_gives_the_same_in_the_driver_and_on_a_broker(string name)
    {
        SharedScenario scenario = SharedScenario.All.Single(s => s.Name == name);
        IReadOnlyList<(string Key, string Value)> records = SharedScenario.Input(seed: 5);
        string[] expected = InDriver(scenario, records);
        expected.Length.ShouldBeGreaterThan(5);
        string input = await kafka.CreateTopicAsync("in", Partitions);
        string output = await kafka.CreateTopicAsync("out", Partitions);
        kafka.Write(input, records);
        var options = new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection };
        await using var streams = new KafkaStreams(scenario.Build(input, output), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        string[] actual = [];
        kafka.Read(output, written =>
        {
            actual = scenario.Result(written.Select(static r => (r.Key, Encoding.UTF8.GetString(r.Value!))));
            return scenario.IsTable ? actual.SequenceEqual(expected) : actual.Length >= expected.Length;
        });

        actual.ShouldBe(expected);
    }

    private static string[] InDriver(SharedScenario scenario, IReadOnlyList<(string Key, string Value)> records)
    {
        using var driver = new TopologyTestDriver(scenario.Build("in", "out"), new TopologyTestDriverOptions { Partitions = Partitions });
        TestInputTopic<string, string> input = driver.CreateInputTopic("in", Serdes.Utf8, Serdes.Utf8);
        for (int i = 0; i < records.Count; i++)
        {
            input.Pipe(records[i].Key, records[i].Value);
            if (i % 37 == 36)
                driver.Restart();
        }

        return scenario.Result(driver.CreateOutputTopic("out", Serdes.Utf8, Serdes.Utf8).ReadKeyValues().Select(static r => (r.Key, r.Value)));
    }
}
