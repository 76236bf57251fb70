using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UsageStreams.Host.Reference;

/// <summary>
/// Which account a client address belongs to: its network (/24 of IPv4, /48 of IPv6), or the host name itself where the log has names.
/// </summary>
internal static class AccessLogAccounts
{
    /// <summary>Reference data for the client addresses of a log.</summary>
    public static ReferenceData Of(IEnumerable<string> clients) =>
        ReferenceData.Of(clients.Select(static client => KeyValuePair.Create(client, AccountOf(client))), static account => "Network " + account);

    /// <summary>
    /// The account's id: <c>83-149-9</c> for 83.149.9.216, <c>2001-db8-85a3</c> for 2001:db8:85a3::1. A name keeps its letters, digits,
    /// dots and hyphens; any other byte becomes <c>_</c> and two hex digits.
    /// </summary>
    public static string AccountOf(string client)
    {
        if (!IPAddress.TryParse(client, out var address) || !IsWritten(client, address))
            return Safe(client);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes[0]}-{bytes[1]}-{bytes[2]}")
            : string.Create(CultureInfo.InvariantCulture, $"{Group(bytes, 0):x}-{Group(bytes, 2):x}-{Group(bytes, 4):x}");
    }

    // IPAddress also takes 10.1 or 17 for an address.
    private static bool IsWritten(string client, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 || client.Count(static character => character == '.') == 3;

    private static int Group(ReadOnlySpan<byte> bytes, int at) => (bytes[at] << 8) | bytes[at + 1];

    private static string Safe(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            var character = (char)value;
            if (char.IsAsciiLetterOrDigit(character) || character is '.' or '-')
                safe.Append(character);
            else
                safe.Append('_').Append(value.ToString("x2", CultureInfo.InvariantCulture));
        }

        return safe.ToString();
    }
}
