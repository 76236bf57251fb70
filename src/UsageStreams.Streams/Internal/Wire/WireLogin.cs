using System.Text;
using Confluent.Kafka;
using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>Logs in on a connection: which mechanism, then its messages (KIP-43, KIP-152), by which a broker may also say for how long (KIP-368).</summary>
/// <param name="security">Who logs in.</param>
/// <param name="ask">Sends a request on the connection.</param>
internal sealed class WireLogin(WireSecurity security, Func<WireRequest, Task<WireReader>> ask)
{
    private const short HandshakeVersion = 1;
    private const short AuthenticateVersion = 1;

    private TimeSpan? _lifetime;

    /// <summary>Logs in.</summary>
    /// <returns>How long the login lasts; null when for ever.</returns>
    /// <exception cref="KafkaException">The broker refuses.</exception>
    public async Task<TimeSpan?> RunAsync()
    {
        WireReader answer = await ask(new WireRequest(
            ApiKey.SaslHandshake, HandshakeVersion, IsFlexible: false, writer => writer.WriteString(security.Mechanism!)));
        var code = (ErrorCode)answer.ReadInt16();
        string[] offered = answer.ReadStringArray();
        if (code != ErrorCode.NoError)
            throw new KafkaException(new Error(code, $"the broker does not offer {security.Mechanism}, but {string.Join(", ", offered)}"));
        if (security.Mechanism == "PLAIN")
            await SendAsync($"\0{security.Username}\0{security.Password}");
        else
            await ScramAsync(new ScramClient(security.Mechanism!, security.Username, security.Password));
        return _lifetime;
    }

    private async Task ScramAsync(ScramClient scram)
    {
        string challenge = await SendAsync(scram.First);
        scram.Verify(await SendAsync(scram.Final(challenge)));
    }

    private async Task<string> SendAsync(string message)
    {
        WireReader answer = await ask(new WireRequest(
            ApiKey.SaslAuthenticate, AuthenticateVersion, IsFlexible: false, writer => writer.WriteBytes(Encoding.UTF8.GetBytes(message))));
        var code = (ErrorCode)answer.ReadInt16();
        string? reason = answer.ReadNullableString();
        if (code != ErrorCode.NoError)
            throw new KafkaException(new Error(code, reason ?? new Error(code).Reason));
        string reply = Encoding.UTF8.GetString(answer.ReadBytes());
        long lifetime = answer.ReadInt64();
        _lifetime = lifetime > 0 ? TimeSpan.FromMilliseconds(lifetime) : null;
        return reply;
    }
}
