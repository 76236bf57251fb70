using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

public sealed class SeveralApplicationsTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("usagestreams-several-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Two_applications_in_one_process_share_neither_records_nor_state()
    {
        string input = await kafka.CreateTopicAsync("in", 2);
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 9, count: 1000);
        kafka.Write(input, records);
        string[] outputs = [await kafka.CreateTopicAsync("out", 1), await kafka.CreateTopicAsync("out", 1)];
        // The same instance name, the same directory, the same stores: what tells them apart is the application.
        KafkaStreams[] applications = [.. outputs.Select(output => new KafkaStreams(SumTopology.Build(input, output, out _), Options(), new TestLogger()))];
        try
        {
            foreach (KafkaStreams application in applications)
                await application.StartAsync(TestContext.Current.CancellationToken);

            foreach (string output in outputs)
            {
                List<(string Key, byte[]? Value)> written = kafka.Read(output, all => SumTopology.Last(all).Values.Sum() >= totals.Values.Sum());
                SumTopology.Last(written).ShouldBe(totals, ignoreOrder: true);
            }

            foreach (KafkaStreams application in applications)
                application.Metrics.Recoveries.ShouldBe(0);
            Directory.GetDirectories(_directory).Length.ShouldBe(2);
        }
        finally
        {
            foreach (KafkaStreams application in applications)
                await application.DisposeAsync();
        }
    }

    private StreamsOptions Options() => new()
    {
        ApplicationId = kafka.Unique("app"),
        Connection = kafka.Connection,
        InstanceId = "one",
        StateDirectory = _directory,
    };
}
