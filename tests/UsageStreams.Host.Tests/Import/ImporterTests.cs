using System.Text;
using Confluent.Kafka;
using UsageStreams.Host.Import;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Reference;
using UsageStreams.Host.Tests.Support;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Host.Tests.Import;

public sealed class ImporterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly HostKafka _kafka = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _kafka.InitializeAsync();
        using var session = await KafkaSession.OpenAsync(_kafka.Access, Cancellation);
        (await session.CreateTopicsAsync(Cancellation)).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await _kafka.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_line_is_published_once_however_often_the_import_is_broken_off()
    {
        var file = _folder.File("web.log", Lines(1, 1000));
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await Should.ThrowAsync<OperationCanceledException>(() => Import(file).RunAsync(state =>
        {
            if (state.Lines >= 300)
                broken.Cancel();
        }, broken.Token));

        var rest = await Import(file, complete: true).RunAsync(null, Cancellation);
        var again = await Import(file, complete: true).RunAsync(null, Cancellation);

        rest.LinesBefore.ShouldBe(300);
        rest.Published.ShouldBe(700);
        (again.LinesBefore, again.Published).ShouldBe((1000, 0));
        Events().Select(static usage => int.Parse(usage.Id, System.Globalization.CultureInfo.InvariantCulture)).Order().ShouldBe(Enumerable.Range(1, 1000));
    }

    [Fact]
    public async Task What_is_appended_later_is_published_too()
    {
        var file = _folder.File("web.log", Lines(1, 10));
        await Import(file).RunAsync(null, Cancellation);
        await File.AppendAllTextAsync(file, Lines(11, 15), Cancellation);

        (await Import(file).RunAsync(null, Cancellation)).Published.ShouldBe(5);

        Events().Count.ShouldBe(15);
    }

    [Fact]
    public async Task Another_file_under_the_same_name_is_refused()
    {
        await Import(_folder.File("web.log", Lines(1, 10))).RunAsync(null, Cancellation);

        var refused = await Should.ThrowAsync<HostException>(() => Import(_folder.File("other.log", Lines(2, 20))).RunAsync(null, Cancellation));

        refused.ExitCode.ShouldBe(ExitCodes.Usage);
        refused.Message.ShouldContain("choose another name with --as");
        Events().Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_line_that_does_not_parse_is_rejected_with_its_bytes_and_the_others_count()
    {
        var file = _folder.File("web.log", Lines(1, 2) + "nonsense\n\n" + Lines(5, 5));

        var result = await Import(file).RunAsync(null, Cancellation);

        (result.Lines, result.Published, result.Rejected).ShouldBe((5, 3, 1));
        var rejected = Read(_kafka.Access.Topics.Rejected).Select(record => _kafka.Values.Read<RejectedEvent>(record.Topic, record.Message.Value)).ShouldHaveSingleItem();
        (rejected.Topic, rejected.Partition, rejected.Offset, rejected.Reason).ShouldBe(("web", -1, 3L, "unreadable-line"));
        Encoding.UTF8.GetString(rejected.Value!).ShouldBe("nonsense");
        Events().Select(static usage => usage.Id).Order().ShouldBe(["1", "2", "5"]);
    }

    [Fact]
    public async Task Records_have_the_tenants_key_and_partition_and_a_trace_that_is_the_same_each_time()
    {
        await Import(_folder.File("web.log", Lines(1, 50))).RunAsync(null, Cancellation);

        var records = Read(_kafka.Access.Topics.Events);
        foreach (var record in records)
        {
            var usage = _kafka.Values.Read<UsageEvent>(record.Topic, record.Message.Value);
            Encoding.UTF8.GetString(record.Message.Key).ShouldBe(usage.Tenant);
            record.Partition.Value.ShouldBe(Partitioners.Murmur2(usage.Tenant, 4));
            Header(record, Trace.CorrelationHeader).ShouldBe("web/" + usage.Id);
            Header(record, Trace.TraceparentHeader).ShouldBe(Trace.TraceparentOf("web", usage.Id));
            Header(record, Trace.TraceparentHeader).ShouldMatch("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$");
        }

        records.Count.ShouldBe(50);
    }

    [Fact]
    public async Task The_end_is_told_in_every_partition()
    {
        await Import(_folder.File("web.log", Lines(1, 3)), complete: true).RunAsync(null, Cancellation);

        var marks = new List<(int Partition, string Mark)>();
        TopicReader.ReadToEnd(_kafka.Access, _kafka.Access.Topics.Events, record =>
        {
            if (record.Message.Value is null)
                marks.Add((record.Partition.Value, Header(record, UsagePublisher.WatermarkHeader)));
        }, Cancellation);

        marks.Order().ShouldBe(Enumerable.Range(0, 4).Select(partition => (partition, Until.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void Reference_data_is_published_when_it_is_new_or_changed_only()
    {
        var reference = AccessLogAccounts.Of(["10.0.0.1", "10.0.1.1"]);
        var publisher = new ReferencePublisher(_kafka.Access, _kafka.Values);

        publisher.Publish(reference, "web", Cancellation).ShouldBe(3 + 2 + 2 + 2);
        publisher.Publish(reference, "web", Cancellation).ShouldBe(0);
        publisher.Publish(reference with { Accounts = [reference.Accounts[0] with { Name = "Renamed" }, reference.Accounts[1]] }, "web", Cancellation).ShouldBe(1);
    }

    private static DateTimeOffset Until { get; } = new(2015, 6, 2, 0, 0, 0, TimeSpan.Zero);

    private Importer Import(string file, bool complete = false) => new(
        _kafka.Access, _kafka.Values,
        new ImportOptions
        {
            File = file, Format = new AccessLogFormat(), Source = "web", LinesPerTransaction = 100, CompleteUntil = complete ? Until : null,
        },
        TimeProvider.System);

    private List<UsageEvent> Events() =>
        [.. Read(_kafka.Access.Topics.Events).Select(record => _kafka.Values.Read<UsageEvent>(record.Topic, record.Message.Value))];

    private List<ConsumeResult<byte[], byte[]>> Read(string topic)
    {
        var records = new List<ConsumeResult<byte[], byte[]>>();
        TopicReader.ReadToEnd(_kafka.Access, topic, record =>
        {
            if (record.Message.Value is not null)
                records.Add(record);
        }, Cancellation);
        return records;
    }

    private static string Header(ConsumeResult<byte[], byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    private static string Lines(int first, int last) => string.Concat(Enumerable.Range(first, last - first + 1).Select(static number =>
        $"10.0.{number % 7}.{number % 13} - - [17/May/2015:10:05:03 +0000] \"GET /{number} HTTP/1.1\" 200 {number} \"-\" \"agent\"\n"));
}
