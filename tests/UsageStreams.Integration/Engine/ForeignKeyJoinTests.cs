using System.Text;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

public sealed class ForeignKeyJoinTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task Tables_of_topics_cut_differently_are_joined_by_a_foreign_key_and_followed()
    {
        string orders = await kafka.CreateTopicAsync("orders", 3);
        string customers = await kafka.CreateTopicAsync("customers", 2);
        string output = await kafka.CreateTopicAsync("out", 1);
        kafka.Write(orders, Enumerable.Range(0, 300).Select(static i => ($"o{i}", $"c{i % 20}")));
        kafka.Write(customers, Enumerable.Range(0, 10).Select(static i => ($"c{i}", $"name-{i}")));
        Consumed<string, string> text = Consumed.With(Serdes.Utf8, Serdes.Utf8);
        var builder = new StreamsBuilder();
        builder.Table(orders, text)
            .LeftJoin(
                builder.Table(customers, text), static (_, customer) => customer, static (_, customer, name) => $"{customer}:{name}",
                TableJoined.With("by-customer", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8, Serdes.Utf8))
            .ToStream("changes").To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        await using var streams = new KafkaStreams(
            builder.Build(), new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection, Threads = 2 }, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        ShowsWhenRead(output, static i => i % 20 < 10 ? $"c{i % 20}:name-{i % 20}" : $"c{i % 20}:");
        kafka.Write(customers, [("c3", "new-3"), ("c13", "new-13")]);
        kafka.Write(orders, [("o7", "c13")]);

        ShowsWhenRead(output, static i => (i == 7 ? 13 : i % 20) switch
        {
            3 => "c3:new-3",
            13 => "c13:new-13",
            < 10 and var old => $"c{old}:name-{old}",
            var unknown => $"c{unknown}:",
        });
    }

    /// <summary>Waits until the last value of each order is the one expected.</summary>
    private void ShowsWhenRead(string output, Func<int, string> expected) => kafka.Read(
        output,
        records => records.GroupBy(static r => r.Key).Count(g => Encoding.UTF8.GetString(g.Last().Value!) == expected(int.Parse(g.Key[1..]))) == 300);
}
