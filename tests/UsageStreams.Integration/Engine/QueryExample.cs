using System.Globalization;
using UsageStreams.Streams;
using UsageStreams.Streams.Queries;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Integration.Engine;

/// <summary>The examples of docs/queries.md, run.</summary>
public sealed class QueryExample(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task A_windowed_count_is_asked_while_it_grows()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string input = await kafka.CreateTopicAsync("orders", 2);
        string late = await kafka.CreateTopicAsync("late", 1);
        var builder = new StreamsBuilder();
        WindowedKTable<string, string, long> perHour = builder
            .Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8).WithTimestamps(static (in Record<string, string> r, long _) => long.Parse(r.Value, CultureInfo.InvariantCulture)))
            .GroupByKey()
            .WindowedBy(TumblingWindows.Of(TimeSpan.FromHours(1)).WithGrace(TimeSpan.FromDays(1)))
            .Count(Materialized.As("orders-per-hour", Serdes.Utf8, Serdes.Int64));
        perHour.Late.To(late, Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Utf8));
        var options = new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection, ApplicationServer = "127.0.0.1:7070" };
        await using var streams = new KafkaStreams(builder.Build(), options, new TestLogger());
        await streams.StartAsync(cancellation);
        kafka.Write(input, [("anna", "0"), ("anna", "1000"), ("anna", "3600000"), ("bob", "0")]);
        await Eventually.TrueAsync(() => streams is { State: StreamsState.Running, Metrics: { RecordsConsumed: 4, Lag: 0 } }, "four orders");

        long today = 0;
        long tomorrow = 86_400_000;
        string said = "";

        // docs/queries.md
        StoreQuery<Windowed<string>, long> orders = streams.Store(perHour.Store!).WithCommittedOnly().WithMaxLag(1000);
        KeyQueryMetadata where = streams.QueryMetadataForKey(perHour.Store!, new Windowed<string>("anna", default));
        if (where.IsLocal)
        {
            EntriesResult<Windowed<string>, long> hours = await orders.FetchAsync("anna", today, tomorrow, cancellationToken: cancellation);
            foreach ((Windowed<string> hour, long count) in hours.Entries)
                said += $"{hour.Window.Start}: {count} ";
            said += $"at {hours.At[0].Position} of {hours.At[0].End}";
        }
        else
        {
            said = $"ask {where.ApplicationServer ?? "again later"}";
        }
        // end

        long read = where.Task.Partition == streams.QueryMetadataForKey(perHour.Store!, new Windowed<string>("bob", default)).Partition ? 4 : 3;
        said.ShouldBe($"0: 2 3600000: 1 at {read} of {read}");
        (await orders.FetchAsync("anna", 3_600_000, tomorrow, cancellationToken: cancellation)).Entries.Select(static e => e.Value).ShouldBe([1L]);
        (await orders.FetchAsync("nobody", today, tomorrow, cancellationToken: cancellation)).Entries.ShouldBeEmpty();
    }
}
