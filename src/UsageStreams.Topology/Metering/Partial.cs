using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// What a task counted for one window between two commits; it grows in place. Most partials live only until they are added to another, so
/// what is expensive to hold (a set of users, a source range, a trace) is made when it is needed.
/// </summary>
internal sealed class Partial
{
    private string? _user;
    private HashSet<string>? _users;
    private string _topic = string.Empty;
    private int _partition;
    private long _firstOffset;
    private long _lastOffset;
    private long _sourceCount;
    private RecordHeaders _headers = RecordHeaders.Empty;
    private Trace? _trace;

    public decimal Quantity { get; private set; }

    public long Count { get; private set; }

    public long First { get; private set; }

    public long Last { get; private set; }

    public EventDigest Digest { get; private set; }

    /// <summary>Whether the metric counts users rather than adding quantities.</summary>
    public bool CountsUsers => _user is not null || _users is not null;

    public SourceRange Source => new() { Topic = _topic, Partition = _partition, FirstOffset = _firstOffset, LastOffset = _lastOffset, Count = _sourceCount };

    /// <summary>Of the first event.</summary>
    public Trace Trace => _trace ??= Traces.Of(_headers);

    /// <summary>One event. A user who is not known counts as the user "".</summary>
    public static Partial Of(in ResolvedEvent resolved, Aggregation aggregation, RecordHeaders headers, RecordMetadata at)
    {
        var time = resolved.Usage.Time.ToUnixTimeMilliseconds();
        return new Partial
        {
            Quantity = aggregation switch { Aggregation.Count => 1, Aggregation.Sum => resolved.Usage.Quantity ?? 0, _ => 0 },
            _user = aggregation == Aggregation.Unique ? resolved.Usage.User ?? string.Empty : null,
            Count = 1,
            First = time,
            Last = time,
            Digest = resolved.Identity,
            _topic = at.Topic,
            _partition = at.Partition,
            _firstOffset = at.Offset,
            _lastOffset = at.Offset,
            _sourceCount = 1,
            _headers = headers,
        };
    }

    /// <summary>As it was sent.</summary>
    public static Partial From(UsagePartial sent) => new()
    {
        Quantity = sent.Quantity,
        _users = sent.Users is null ? null : new HashSet<string>(sent.Users, StringComparer.Ordinal),
        Count = sent.Count,
        First = sent.First.ToUnixTimeMilliseconds(),
        Last = sent.Last.ToUnixTimeMilliseconds(),
        Digest = EventDigest.FromBytes(sent.Digest),
        _topic = sent.Source.Topic,
        _partition = sent.Source.Partition,
        _firstOffset = sent.Source.FirstOffset,
        _lastOffset = sent.Source.LastOffset,
        _sourceCount = sent.Source.Count,
        _trace = sent.Trace,
    };

    /// <summary>This one, with what came later in the same partition.</summary>
    public Partial Add(Partial next)
    {
        Quantity += next.Quantity;
        if (next.CountsUsers) AddUsersOf(next);
        Count += next.Count;
        First = Math.Min(First, next.First);
        Last = Math.Max(Last, next.Last);
        Digest += next.Digest;
        _lastOffset = next._lastOffset;
        _sourceCount += next._sourceCount;
        return this;
    }

    /// <summary>Adds the users to a set.</summary>
    public void AddUsersTo(HashSet<string> users)
    {
        if (_user is not null) users.Add(_user);
        if (_users is not null) users.UnionWith(_users);
    }

    /// <summary>As it is sent.</summary>
    public UsagePartial ToSend() => new()
    {
        Quantity = Quantity,
        Users = UsersToSend(),
        Count = Count,
        First = DateTimeOffset.FromUnixTimeMilliseconds(First),
        Last = DateTimeOffset.FromUnixTimeMilliseconds(Last),
        Digest = Digest.ToBytes(),
        Source = Source,
        Trace = Trace,
    };

    private void AddUsersOf(Partial next)
    {
        if (_users is null)
        {
            if (string.Equals(_user, next._user, StringComparison.Ordinal)) return;
            _users = new HashSet<string>(StringComparer.Ordinal) { _user! };
            _user = null;
        }

        next.AddUsersTo(_users);
    }

    private string[]? UsersToSend() => _users is not null ? [.. _users] : _user is not null ? [_user] : null;
}
