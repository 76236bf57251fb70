using System.Globalization;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>Where a broker listens.</summary>
internal sealed record BrokerAddress(string Host, int Port)
{
    private const int DefaultPort = 9092;

    /// <summary>Addresses as <c>bootstrap.servers</c> has them: <c>host:port</c> separated by commas, IPv6 in brackets; the port is 9092 where none is given.</summary>
    public static IReadOnlyList<BrokerAddress> Parse(string servers) =>
        [.. servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseOne)];

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static BrokerAddress ParseOne(string server)
    {
        // A protocol before the address is allowed, as in PLAINTEXT://host:port; the setting security.protocol is what counts.
        int scheme = server.IndexOf("://", StringComparison.Ordinal);
        string address = scheme < 0 ? server : server[(scheme + 3)..];
        int colon = address.LastIndexOf(':');
        bool hasPort = colon > address.LastIndexOf(']') && (address[0] == '[' || address.IndexOf(':', StringComparison.Ordinal) == colon);
        string host = (hasPort ? address[..colon] : address).Trim('[', ']');
        return new BrokerAddress(host, hasPort ? int.Parse(address[(colon + 1)..], CultureInfo.InvariantCulture) : DefaultPort);
    }
}
