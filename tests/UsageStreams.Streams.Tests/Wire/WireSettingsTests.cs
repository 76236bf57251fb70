using Confluent.Kafka;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Streams.Tests.Wire;

public sealed class WireSettingsTests
{
    [Fact]
    public void A_connection_with_no_settings_is_followed()
    {
        WireSettings settings = Of(("transaction.timeout.ms", "10000"))!;

        settings.Bootstrap.ShouldBe([new BrokerAddress("a", 1), new BrokerAddress("b", 9092)]);
        settings.TransactionalId.ShouldBe("t");
        settings.TransactionTimeout.ShouldBe(TimeSpan.FromSeconds(10));
        settings.SocketTimeout.ShouldBe(TimeSpan.FromSeconds(60));
        settings.LargestRecord.ShouldBe(1_000_000);
    }

    [Theory]
    [InlineData("fetch.wait.max.ms", "10")]
    [InlineData("security.protocol", "Plaintext")]
    [InlineData("compression.type", "none")]
    public void A_setting_that_changes_nothing_for_it_is_no_obstacle(string name, string value) => Of((name, value)).ShouldNotBeNull();

    [Theory]
    [InlineData("compression.type", "lz4")]
    [InlineData("plugin.library.paths", "x")]
    public void A_setting_that_it_does_not_know_leaves_the_connection_to_the_native_client(string name, string value) => Of((name, value)).ShouldBeNull();

    [Theory]
    [InlineData("SASL_SSL", "PLAIN", true)]
    [InlineData("sasl_plaintext", "SCRAM-SHA-512", false)]
    [InlineData("SASL_PLAINTEXT", "SCRAM-SHA-256", false)]
    public void It_logs_in_by_password(string protocol, string mechanism, bool usesTls)
    {
        WireSecurity security = Of(("security.protocol", protocol), ("sasl.mechanism", mechanism), ("sasl.username", "u"), ("sasl.password", "secret"))!.Security;

        (security.UsesTls, security.Mechanism, security.Username, security.Password).ShouldBe((usesTls, mechanism, "u", "secret"));
        security.ToString().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("SASL_SSL", "sasl.mechanism", "GSSAPI")]
    [InlineData("SASL_SSL", "sasl.mechanism", "OAUTHBEARER")]
    [InlineData("SSL", "enable.ssl.certificate.verification", "false")]
    [InlineData("SSL", "ssl.keystore.location", "x.p12")]
    [InlineData("SSL", "ssl.crl.location", "x")]
    public void Ways_to_secure_a_connection_that_it_does_not_know_are_the_native_client_s(string protocol, string name, string value) =>
        Of(("security.protocol", protocol), (name, value)).ShouldBeNull();

    [Fact]
    public void A_certificate_that_is_not_there_is_named_with_the_settings_to_check()
    {
        StreamsException failure = Should.Throw<StreamsException>(() => Of(("security.protocol", "SSL"), ("ssl.ca.location", "/nowhere/ca.pem")));

        failure.Message.ShouldContain("/nowhere/ca.pem");
        failure.Message.ShouldContain("Check ssl.ca.location");
    }

    [Fact]
    public void Sizes_and_times_are_those_that_are_given()
    {
        WireSettings settings = Of(
            ("message.max.bytes", "5000000"), ("batch.size", "1000"), ("socket.timeout.ms", "700"), ("request.timeout.ms", "600"), ("retry.backoff.ms", "50"),
            ("queue.buffering.max.messages", "7"), ("queue.buffering.max.kbytes", "64"), ("socket.connection.setup.timeout.ms", "500"))!;

        (settings.LargestRecord, settings.BatchBytes, settings.QueueRecords, settings.QueueBytes).ShouldBe((5_000_000, 1000, 7L, 65536L));
        (settings.SocketTimeout, settings.RequestTimeout).ShouldBe((TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(600)));
        (settings.ConnectTimeout, settings.LongestBackoff).ShouldBe((TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(50)));
    }

    [Theory]
    [InlineData("host:1234", "host", 1234)]
    [InlineData("host", "host", 9092)]
    [InlineData("SASL_SSL://host:1234", "host", 1234)]
    [InlineData("[::1]:1234", "::1", 1234)]
    [InlineData("[::1]", "::1", 9092)]
    public void An_address_may_have_no_port_a_protocol_or_brackets(string text, string host, int port) =>
        BrokerAddress.Parse($" {text} ,").ShouldBe([new BrokerAddress(host, port)]);

    private static WireSettings? Of(params (string Name, string Value)[] settings)
    {
        var connection = new KafkaConnection("a:1, b");
        ProducerConfig config = connection.ProducerConfig("t");
        foreach ((string name, string value) in settings)
            config.Set(name, value);
        return WireSettings.Of(config);
    }
}
