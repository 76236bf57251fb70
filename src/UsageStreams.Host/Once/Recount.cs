using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace UsageStreams.Host.Once;

/// <summary>
/// Counts an access log a second time, from the file alone: no code of the importer, the topologies or the sinks has a part in it,
/// and on purpose the technique is another (a regular expression, dictionaries, everything in memory). What it says is what the
/// statement is compared with.
/// </summary>
internal sealed class Recount
{
    private static readonly Regex Combined = new(
        """
        ^(?<host>\S+) [^\[]*\[(?<time>[^\]]*)\] +"(?:[^"\\]|\\.)*" +(?<status>[1-9]\d\d) +(?<bytes>\d{1,18}|-) +"(?:[^"\\]|\\.)*" +"(?<agent>(?:[^"\\]|\\.)*)(?:"|\\?$)
        """,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    private readonly HashSet<string> _tenants = [];
    private readonly HashSet<string> _accounts = [];
    private readonly HashSet<(string Account, long Hour, string Agent)> _agents = [];
    private readonly Dictionary<(string Account, int Month, string Metric), decimal> _months = [];

    /// <summary>Lines that are events.</summary>
    public long Events { get; private set; }

    /// <summary>Lines that are none; blank ones are not counted at all.</summary>
    public long Rejected { get; private set; }

    /// <summary>Distinct client addresses.</summary>
    public int Tenants => _tenants.Count;

    /// <summary>Distinct networks: /24 of IPv4, /48 of IPv6, a host name as it is.</summary>
    public int Accounts => _accounts.Count;

    /// <summary>Requests answered with a status of 200 to 399.</summary>
    public decimal ApiCalls { get; private set; }

    /// <summary>Sum of the sizes.</summary>
    public decimal BytesOut { get; private set; }

    /// <summary>Sum over accounts and UTC hours of the distinct user agents.</summary>
    public decimal ActiveUsers => _agents.Count;

    /// <summary>Pairs of an account and a calendar month with usage: each is an invoice.</summary>
    public int Invoices => _months.Keys.Select(static key => (key.Account, key.Month)).Distinct().Count();

    /// <summary>Sum of all invoice lines by <see cref="RecountTerms"/>, each rounded to cents, half away from zero.</summary>
    public decimal InvoiceTotal => _months.Sum(static month => RecountTerms.Amount(month.Key.Metric, month.Value));

    /// <summary>Reads a whole file.</summary>
    public static Recount Of(string file)
    {
        var recount = new Recount();
        recount.Read(file, long.MaxValue);
        return recount;
    }

    /// <summary>Reads a file of the combined format, as many lines of it as were imported.</summary>
    public void Read(string file, long lines)
    {
        foreach (var line in File.ReadLines(file, Encoding.UTF8))
        {
            if (lines-- == 0)
                return;
            Add(line);
        }
    }

    private void Add(string line)
    {
        if (line.Length == 0)
            return;
        var match = Combined.Match(line);
        if (!match.Success || !TryTime(match.Groups["time"].Value, out var time))
        {
            Rejected++;
            return;
        }

        Events++;
        var account = AccountOf(match.Groups["host"].Value);
        _tenants.Add(match.Groups["host"].Value);
        _accounts.Add(account);
        var month = (time.Year * 100) + time.Month;
        var status = int.Parse(match.Groups["status"].Value, CultureInfo.InvariantCulture);
        if (status is >= 200 and < 400)
        {
            ApiCalls++;
            AddTo(account, month, RecountTerms.ApiCalls, 1);
        }

        if (match.Groups["bytes"].Value is var size and not "-")
        {
            var bytes = decimal.Parse(size, CultureInfo.InvariantCulture);
            BytesOut += bytes;
            AddTo(account, month, RecountTerms.BytesOut, bytes);
        }

        var agent = match.Groups["agent"].Value;
        if (agent.Length > 0 && _agents.Add((account, time.ToUnixTimeSeconds() / 3600, agent)))
            AddTo(account, month, RecountTerms.ActiveUsers, 1);
    }

    private void AddTo(string account, int month, string metric, decimal quantity) =>
        _months[(account, month, metric)] = _months.GetValueOrDefault((account, month, metric)) + quantity;

    private static bool TryTime(string text, out DateTimeOffset time)
    {
        var read = DateTimeOffset.TryParseExact(text, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
        time = time.ToUniversalTime();
        return read && time.Year >= 1970;
    }

    private static string AccountOf(string host)
    {
        var dots = host.Split('.');
        if (dots.Length == 4 && dots.All(static part => byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return string.Join('.', dots[..3]);
        if (!host.Contains(':', StringComparison.Ordinal) || !System.Net.IPAddress.TryParse(host, out var address))
            return host;
        return Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 6));
    }
}
