using System.Globalization;
using System.Text.RegularExpressions;

namespace UsageStreams.Host.Explain;

/// <summary>What is to be explained, as it was typed.</summary>
internal abstract record ExplainId
{
    /// <summary>The forms there are, for messages.</summary>
    public const string Forms =
        "a ledger entry is account/contract/metric@version/window/revision, a transaction contract-yyyymmdd-number, an event topic:partition:offset, or TENANT SOURCE ID as three arguments";

    private const RegexOptions Linear = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    private static readonly Regex Position = new(@"^(?<topic>[a-zA-Z0-9._-]+):(?<partition>\d{1,9}):(?<offset>\d{1,18})$", Linear);
    private static readonly Regex Entry = new(@"^.+/.+/[^/]+@\d+/\d{8}T\d{4}/\d+$", Linear);
    private static readonly Regex Transaction = new(@"^(?<contract>.+)-\d{8}-\d+$", Linear);

    /// <summary>Tells the forms apart.</summary>
    /// <exception cref="HostException">It has none of them.</exception>
    public static ExplainId Parse(IReadOnlyList<string> words)
    {
        if (words.Count == 3)
            return new EventId(words[0], words[1], words[2]);
        if (words.Count == 1)
        {
            if (Position.Match(words[0]) is { Success: true } position)
                return new PositionId(position.Groups["topic"].Value, Number(position.Groups["partition"]), long.Parse(position.Groups["offset"].ValueSpan, CultureInfo.InvariantCulture));
            if (Entry.IsMatch(words[0]))
                return new EntryId(words[0]);
            if (Transaction.Match(words[0]) is { Success: true } transaction)
                return new TransactionId(words[0], transaction.Groups["contract"].Value);
        }

        throw new HostException(ExitCodes.Usage, $"'{string.Join(' ', words)}' names nothing that can be explained: {Forms}.");
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
}

/// <summary>A ledger entry.</summary>
internal sealed record EntryId(string Id) : ExplainId
{
    /// <summary>What the account can be: names of accounts and contracts may hold the '/' between them.</summary>
    public IEnumerable<string> Accounts
    {
        get
        {
            var parts = Id.Split('/');
            return Enumerable.Range(1, parts.Length - 4).Select(count => string.Join('/', parts[..count]));
        }
    }
}

/// <summary>A transaction.</summary>
internal sealed record TransactionId(string Id, string Contract) : ExplainId;

/// <summary>An event by its identity.</summary>
internal sealed record EventId(string Tenant, string Source, string Id) : ExplainId;

/// <summary>An event by its place.</summary>
internal sealed record PositionId(string Topic, int Partition, long Offset) : ExplainId;
