using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Confluent.Kafka;
using UsageStreams.Protocol;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Streams.Tests.Wire;

public sealed class WireConnectionTests
{
    private static readonly WireRequest Ping = new(ApiKey.Heartbeat, 0, IsFlexible: false, static writer => writer.WriteString("ping"));

    private static readonly Func<WireReader, string> Pong = static reader => reader.ReadString();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_that_to_the_request()
    {
        await using var broker = new ScriptedBroker { Answer = Echo };
        using var connection = new WireConnection(Settings());

        (await connection.CallAsync(broker.Address, Ping, Pong, Ended)).ShouldBe("ping");
        (await connection.CallAsync(broker.Address, Ping, Pong, Ended)).ShouldBe("ping");
        broker.Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_was_closed_while_idle_is_told_from_a_broker_that_is_away()
    {
        await using var broker = new ScriptedBroker();
        int calls = 0;
        // The second request of the first connection finds it closed, as one that was idle for long.
        broker.Answer = (key, reader) => ++calls == 2 ? Task.FromResult<Action<WireWriter>?>(null) : Echo(key, reader);
        using var connection = new WireConnection(Settings());
        await connection.CallAsync(broker.Address, Ping, Pong, Ended);

        (await Should.ThrowAsync<BrokerAwayException>(() => connection.CallAsync(broker.Address, Ping, Pong, Ended))).WasIdle.ShouldBeTrue();
        (await connection.CallAsync(broker.Address, Ping, Pong, Ended)).ShouldBe("ping");
        broker.Accepted.ShouldBe(2);

        connection.Close();
        BrokerAwayException away = await Should.ThrowAsync<BrokerAwayException>(() => connection.CallAsync(Nowhere(), Ping, Pong, Ended));
        (away.WasIdle, away.Message).ShouldSatisfyAllConditions(
            static it => it.WasIdle.ShouldBeFalse(), static it => it.Message.ShouldContain("Heartbeat"), static it => it.Message.ShouldContain("127.0.0.1"));
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_not_waited_for_longer_than_the_settings_say()
    {
        await using var broker = new ScriptedBroker();
        var never = new TaskCompletionSource<Action<WireWriter>?>();
        broker.Answer = (_, _) => never.Task;
        using var connection = new WireConnection(Settings(("socket.timeout.ms", "200")));

        BrokerAwayException late = await Should.ThrowAsync<BrokerAwayException>(() => connection.CallAsync(broker.Address, Ping, Pong, Ended));

        late.WasIdle.ShouldBeFalse();
        late.Message.ShouldContain("no answer within 00:00:00.2");
    }

    [Fact]
    public async Task A_broker_of_another_time_is_refused_with_what_it_lacks()
    {
        await using var broker = new ScriptedBroker { HighestVersion = 2 };
        using var connection = new WireConnection(Settings());

        KafkaException refusal = await Should.ThrowAsync<KafkaException>(() => connection.CallAsync(broker.Address, Ping, Pong, Ended));

        refusal.Error.Code.ShouldBe(ErrorCode.UnsupportedVersion);
        refusal.Message.ShouldContain("version 8 of Produce: it needs Kafka 2.5 or later");
    }

    [Fact]
    public async Task Bytes_that_are_no_answer_close_the_connection()
    {
        await using var broker = new ScriptedBroker { Answer = static (_, _) => Task.FromResult<Action<WireWriter>?>(static writer => writer.WriteInt16(-7)) };
        using var connection = new WireConnection(Settings());

        BrokerAwayException away = await Should.ThrowAsync<BrokerAwayException>(() => connection.CallAsync(broker.Address, Ping, static reader => reader.ReadInt32(), Ended));

        away.Message.ShouldContain("4 bytes are announced where 2 remain");
    }

    [Fact]
    public async Task Over_TLS_only_a_broker_with_a_certificate_of_the_authority_and_for_its_name_is_spoken_to()
    {
        using X509Certificate2 authority = Authority("CN=authority");
        using X509Certificate2 other = Authority("CN=other");
        using X509Certificate2 good = Issued(authority, "localhost");
        using X509Certificate2 wrongName = Issued(authority, "elsewhere");
        string trusted = await WritePemAsync(authority);
        try
        {
            (await CallAsync(good, ("ssl.ca.location", trusted))).ShouldBe("ping");
            (await CallAsync(wrongName, ("ssl.ca.location", trusted), ("ssl.endpoint.identification.algorithm", "none"))).ShouldBe("ping");
            (await Should.ThrowAsync<KafkaException>(() => CallAsync(wrongName, ("ssl.ca.location", trusted)))).Error.Code.ShouldBe(ErrorCode.Local_Ssl);
            using X509Certificate2 stranger = Issued(other, "localhost");
            (await Should.ThrowAsync<KafkaException>(() => CallAsync(stranger, ("ssl.ca.location", trusted)))).Message.ShouldContain("Check ssl.ca.location");
        }
        finally
        {
            File.Delete(trusted);
        }
    }

    [Theory]
    [InlineData("secret", null)]
    [InlineData("wrong", "who is this")]
    public async Task A_name_and_a_password_are_shown_to_the_broker(string password, string? refusal)
    {
        await using var broker = new ScriptedBroker { Answer = Login };
        using var connection = new WireConnection(Settings(
            ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN"), ("sasl.username", "usage"), ("sasl.password", password)));

        if (refusal is null)
        {
            (await connection.CallAsync(broker.Address, Ping, Pong, Ended)).ShouldBe("ping");
            return;
        }

        KafkaException refused = await Should.ThrowAsync<KafkaException>(() => connection.CallAsync(broker.Address, Ping, Pong, Ended));
        refused.Error.Code.ShouldBe(ErrorCode.SaslAuthenticationFailed);
        refused.Message.ShouldBe(refusal);
        refused.ToString().ShouldNotContain(password);
    }

    [Fact]
    public async Task A_login_that_is_over_is_repeated_on_a_new_connection()
    {
        await using var broker = new ScriptedBroker { Answer = Login };
        using var connection = new WireConnection(Settings(
            ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN"), ("sasl.username", "usage"), ("sasl.password", "secret")));
        long start = TimeProvider.System.GetTimestamp();

        while (broker.Accepted < 3 && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30))
            await connection.CallAsync(broker.Address, Ping, Pong, Ended);

        broker.Accepted.ShouldBe(3);
    }

    [Fact]
    public async Task A_mechanism_that_the_broker_does_not_offer_is_told_with_those_it_does()
    {
        await using var broker = new ScriptedBroker { Answer = Login };
        using var connection = new WireConnection(Settings(
            ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "SCRAM-SHA-512"), ("sasl.username", "usage"), ("sasl.password", "secret")));

        KafkaException refused = await Should.ThrowAsync<KafkaException>(() => connection.CallAsync(broker.Address, Ping, Pong, Ended));

        refused.Message.ShouldBe("the broker does not offer SCRAM-SHA-512, but PLAIN");
    }

    private static Task<Action<WireWriter>?> Echo(ApiKey key, WireReader reader)
    {
        string text = reader.ReadString();
        return Task.FromResult<Action<WireWriter>?>(writer => writer.WriteString(text));
    }

    /// <summary>Knows one user, for a tenth of a second at a time.</summary>
    private static Task<Action<WireWriter>?> Login(ApiKey key, WireReader reader) => key switch
    {
        ApiKey.SaslHandshake => Task.FromResult<Action<WireWriter>?>(Handshake(reader.ReadString())),
        ApiKey.SaslAuthenticate => Task.FromResult<Action<WireWriter>?>(Authenticated(Encoding.UTF8.GetString(reader.ReadBytes()) == "\0usage\0secret")),
        _ => Echo(key, reader),
    };

    private static Action<WireWriter> Handshake(string mechanism) => writer =>
    {
        writer.WriteInt16(mechanism == "PLAIN" ? (short)0 : (short)ErrorCode.UnsupportedSaslMechanism);
        writer.WriteStringArray(["PLAIN"]);
    };

    private static Action<WireWriter> Authenticated(bool isKnown) => writer =>
    {
        writer.WriteInt16(isKnown ? (short)0 : (short)ErrorCode.SaslAuthenticationFailed);
        writer.WriteNullableString(isKnown ? null : "who is this");
        writer.WriteBytes([]);
        writer.WriteInt64(100);
    };

    private static async Task<string> CallAsync(X509Certificate2 certificate, params (string Name, string Value)[] settings)
    {
        await using var broker = new ScriptedBroker { Answer = Echo, Certificate = certificate };
        using var connection = new WireConnection(Settings([("security.protocol", "SSL"), .. settings]));
        return (await connection.CallAsync(broker.Address, Ping, Pong, Ended));
    }

    private static WireSettings Settings(params (string Name, string Value)[] settings)
    {
        ProducerConfig config = new KafkaConnection("h:1").ProducerConfig("t");
        foreach ((string name, string value) in settings)
            config.Set(name, value);
        return WireSettings.Of(config)!;
    }

    private static BrokerAddress Nowhere()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new BrokerAddress("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static X509Certificate2 Issued(X509Certificate2 authority, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 issued = request.Create(authority, now.AddHours(-1), now.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    private static async Task<string> WritePemAsync(X509Certificate2 certificate)
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Ended);
        return file;
    }
}
