using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using UsageStreams.Gateway;

namespace UsageStreams.Host.Commands;

/// <summary>The options of <c>gateway</c> beside those of Kafka.</summary>
internal sealed class GatewayArguments
{
    private static readonly GatewayLimits Limit = new();

    private readonly Option<FileInfo> _tokens = Tokens();
    private readonly Option<IPEndPoint> _listen = new("--listen")
    {
        Description = "Address and port, such as 0.0.0.0:8443; port 0 takes any free one", DefaultValueFactory = static _ => new IPEndPoint(IPAddress.Loopback, 8070), CustomParser = EndPoint,
    };

    private readonly Option<FileInfo?> _certificate = new("--certificate") { Description = "Certificate for HTTPS, PEM with its chain; without one plain HTTP is served, on the loopback address only" };
    private readonly Option<FileInfo?> _key = new("--certificate-key") { Description = "Its private key, PEM; in the certificate's file by default" };
    private readonly Option<bool> _plain = new("--allow-plain-http") { Description = "Serve plain HTTP to other machines too; only behind a proxy that ends TLS, for whoever listens on the way reads the tokens" };
    private readonly Option<int> _body = Number("--max-body", "Bytes of a request's body", Limit.MaxBodyBytes, 1024, 256 << 20);
    private readonly Option<int> _events = Number("--max-events", "Events of a request", Limit.MaxEventsPerRequest, 1, 100_000);
    private readonly Option<int> _event = Number("--max-event", "Bytes of an event as it was sent", Limit.MaxEventBytes, 256, 16 << 20);
    private readonly Option<int> _requests = Number("--max-requests", "Requests at once, of all tokens", Limit.MaxRequests, 1, 100_000);
    private readonly Option<int> _perToken = Number("--max-requests-per-token", "Requests at once of one token", Limit.MaxRequestsPerToken, 1, 100_000);
    private readonly Option<int> _rate = Number("--events-per-second", "Events per second of one token", Limit.EventsPerSecondPerToken, 1, 10_000_000);

    /// <summary>File of the tokens.</summary>
    public static Option<FileInfo> Tokens() => new("--tokens")
    {
        Description = "File of the tokens; 'usagestreams gateway token add' makes it", DefaultValueFactory = static _ => new FileInfo("gateway-tokens.json"),
    };

    /// <summary>Events on their way to Kafka at most.</summary>
    public Option<int> QueuedEvents { get; } = Number("--max-queued", "Events on their way to Kafka; when there are as many, requests are answered 503", 100_000, 1, 10_000_000);

    /// <summary>Seconds after which an event that Kafka did not acknowledge is told to be unconfirmed.</summary>
    public Option<int> DeliveryTimeout { get; } = Number("--delivery-timeout", "Seconds after which an event that Kafka did not acknowledge is answered as unconfirmed", 10, 1, 300);

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_listen, _tokens, _certificate, _key, _plain, _body, _events, _event, _requests, _perToken, _rate, QueuedEvents, DeliveryTimeout])
            command.Options.Add(option);
    }

    /// <summary>The certificate given.</summary>
    /// <exception cref="HostException">It can't be read.</exception>
    public X509Certificate2? Certificate(ParseResult parsed)
    {
        if (parsed.GetValue(_certificate) is not { } file)
            return parsed.GetValue(_key) is null ? null : throw new HostException(ExitCodes.Usage, "--certificate-key belongs to --certificate: give both.");
        try
        {
            return X509Certificate2.CreateFromPemFile(file.FullName, parsed.GetValue(_key)?.FullName);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new HostException(ExitCodes.Usage, $"--certificate {file} can't be used: {error.Message} It takes PEM, with the unencrypted key beside it or in it.", error);
        }
    }

    /// <summary>What they say.</summary>
    public GatewayOptions Options(ParseResult parsed, X509Certificate2? certificate) => new()
    {
        TokensFile = parsed.GetValue(_tokens)!.FullName,
        Listen = parsed.GetValue(_listen)!,
        Certificate = certificate,
        AllowPlainHttp = parsed.GetValue(_plain),
        Limits = new GatewayLimits
        {
            MaxBodyBytes = parsed.GetValue(_body), MaxEventsPerRequest = parsed.GetValue(_events), MaxEventBytes = parsed.GetValue(_event),
            MaxRequests = parsed.GetValue(_requests), MaxRequestsPerToken = parsed.GetValue(_perToken), EventsPerSecondPerToken = parsed.GetValue(_rate),
        },
    };

    private static Option<int> Number(string name, string description, int otherwise, int least, int most)
    {
        var option = new Option<int>(name) { Description = string.Create(CultureInfo.InvariantCulture, $"{description}; {otherwise} by default"), DefaultValueFactory = _ => otherwise };
        option.Between(least, most);
        return option;
    }

    private static IPEndPoint? EndPoint(ArgumentResult result)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var listen))
            return listen;
        result.AddError($"'{text}' is no address with a port, such as 127.0.0.1:8070.");
        return null;
    }
}
