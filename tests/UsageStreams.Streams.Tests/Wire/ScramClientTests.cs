using Confluent.Kafka;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Streams.Tests.Wire;

/// <summary>The example of RFC 7677, and servers that are not to be trusted.</summary>
public sealed class ScramClientTests
{
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO";
    private const string Challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    private readonly ScramClient _scram = new("SCRAM-SHA-256", "user", "pencil", Nonce);

    [Fact]
    public void The_example_of_the_specification_is_answered()
    {
        _scram.First.ShouldBe("n,,n=user,r=" + Nonce);
        _scram.Final(Challenge).ShouldBe("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        _scram.Verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    [Theory]
    [InlineData("r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "not to this login")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "not to this login")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1", "'1' iterations; at least 4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO1,s=?,i=4096", "no salt")]
    public void A_challenge_that_is_not_one_is_refused(string challenge, string why)
    {
        KafkaException refusal = Should.Throw<KafkaException>(() => _scram.Final(challenge));

        refusal.Error.Code.ShouldBe(ErrorCode.SaslAuthenticationFailed);
        refusal.Message.ShouldContain(why);
    }

    [Theory]
    [InlineData("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "knows the password")]
    [InlineData("e=other-error", "other-error")]
    [InlineData("", "knows the password")]
    public void A_server_that_does_not_know_the_password_is_refused(string final, string why)
    {
        _scram.Final(Challenge);

        Should.Throw<KafkaException>(() => _scram.Verify(final)).Message.ShouldContain(why);
    }

    [Fact]
    public void Signs_that_part_messages_are_escaped_in_names() => new ScramClient("SCRAM-SHA-512", "a=b,c", "p", "n").First.ShouldBe("n,,n=a=3Db=2Cc,r=n");

    [Fact]
    public void Each_login_has_a_nonce_of_its_own() => new ScramClient("SCRAM-SHA-512", "u", "p").First.ShouldNotBe(new ScramClient("SCRAM-SHA-512", "u", "p").First);
}
