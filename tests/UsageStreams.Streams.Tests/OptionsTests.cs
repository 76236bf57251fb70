namespace UsageStreams.Streams.Tests;

public sealed class OptionsTests
{
    private static readonly StreamsOptions Good = new() { ApplicationId = "app", Connection = new KafkaConnection("127.0.0.1:9092") };

    [Fact]
    public void Defaults_are_valid() => Should.NotThrow(Good.Validate);

    [Fact]
    public void Every_violation_is_told_at_once()
    {
        StreamsOptions wrong = Good with { ApplicationId = "a b", Threads = 0, CommitInterval = TimeSpan.FromSeconds(20), ReplicationFactor = 0 };

        IReadOnlyList<string> violations = Should.Throw<StreamsOptionsException>(wrong.Validate).Violations;
        violations.Count.ShouldBe(4);
        violations[0].ShouldContain("'a b'");
    }

    [Theory]
    [InlineData("host.example:7000", true)]
    [InlineData("[::1]:7000", true)]
    [InlineData("host.example", false)]
    [InlineData(":7000", false)]
    [InlineData("host:0", false)]
    [InlineData("host:70000", false)]
    [InlineData("a host:7000", false)]
    public void An_application_server_is_host_and_port(string server, bool isGood)
    {
        StreamsOptions options = Good with { ApplicationServer = server };
        if (isGood)
            Should.NotThrow(options.Validate);
        else
            Should.Throw<StreamsOptionsException>(options.Validate).Violations.Single().ShouldContain(server);
    }

    [Fact]
    public void Settings_that_exactly_once_rests_on_are_refused() => Should.Throw<StreamsException>(() =>
        new KafkaConnection("h:1") { Settings = new Dictionary<string, string> { ["isolation.level"] = "read_uncommitted" } }).Message.ShouldContain("isolation.level");

    [Fact]
    public void A_connection_tells_no_secrets()
    {
        var connection = new KafkaConnection("h:1")
        {
            Settings = new Dictionary<string, string> { ["security.protocol"] = "SASL_SSL", ["sasl.password"] = "hush" },
        };

        connection.ToString().ShouldBe("Kafka at h:1 (sasl_ssl)");
        connection.ProducerConfig("t").Get("sasl.password").ShouldBe("hush");
    }

    [Fact]
    public void An_address_where_nobody_answers_is_told_with_the_next_step()
    {
        KafkaUnreachableException error = Should.Throw<KafkaUnreachableException>(
            () => new KafkaConnection("127.0.0.1:1").EnsureReachable(TimeSpan.FromSeconds(1)));
        error.Message.ShouldContain("127.0.0.1:1");
        error.Message.ShouldContain("Check the address");
    }
}
