using UsageStreams.Model;

namespace UsageStreams.Host.Generate;

/// <summary>What was generated, to the last digit: what metering must come to.</summary>
internal sealed class GeneratedTotals
{
    private readonly Dictionary<(string Account, long Hour), Dictionary<string, int>> _users = [];
    private readonly long[] _kinds = new long[Enum.GetValues<GeneratedKind>().Length];

    /// <summary>Records made.</summary>
    public long Records { get; private set; }

    /// <summary>Events whose time lies behind their window's close.</summary>
    public long Late { get; set; }

    /// <summary>Events whose time lies behind an earlier record's, within the grace.</summary>
    public long OutOfOrder { get; set; }

    /// <summary>Requests answered with a status of 200 to 399.</summary>
    public decimal ApiCalls { get; private set; }

    /// <summary>Sum of the sizes.</summary>
    public decimal BytesOut { get; private set; }

    /// <summary>Sum over accounts and UTC hours of the distinct users.</summary>
    public decimal ActiveUsers { get; private set; }

    /// <summary>Records of a kind.</summary>
    public long Of(GeneratedKind kind) => _kinds[(int)kind];

    /// <summary>Takes a record in; <paramref name="account"/> is that of a <see cref="GeneratedKind.Event"/>.</summary>
    public void Add(in GeneratedRecord record, string? account)
    {
        Records++;
        _kinds[(int)record.Kind]++;
        if (record is not { Kind: GeneratedKind.Event, Event: { } made } || account is null)
            return;
        Count(made, account, 1);
    }

    /// <summary>Takes an event out again that was taken in.</summary>
    public void TakeBack(UsageEvent made, string account) => Count(made, account, -1);

    private void Count(UsageEvent made, string account, int times)
    {
        if (made.Properties["status"][0] is '2' or '3')
            ApiCalls += times;
        BytesOut += times * (made.Quantity ?? 0);
        if (made.User is not { } user)
            return;
        var hour = (account, made.Time.ToUnixTimeSeconds() / 3600);
        if (!_users.TryGetValue(hour, out var users))
            _users.Add(hour, users = new Dictionary<string, int>(StringComparer.Ordinal));
        var before = users.GetValueOrDefault(user);
        users[user] = before + times;
        ActiveUsers += (before + times > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
    }
}
