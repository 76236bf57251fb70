namespace UsageStreams.Model;

/// <summary>
/// What some events of a tenant add to a window, in a form that can be merged whatever the order. Grows in place; adding an event allocates nothing,
/// but for a new member of unique and a point of time-weighted.
/// </summary>
/// <param name="aggregation">How events become a number.</param>
public sealed partial class Contribution(Aggregation aggregation)
{
    // A larger set is not worth its room.
    private const int MostMembersKept = 1024;
    private const int MostLatest = 64;

    private AggregateValue _value;
    private HashSet<string>? _members;

    // Members that came since the set was last looked at. All together are found faster than one now and one then.
    private string[]? _latest;
    private int _latestCount;

    /// <summary>How events become a number.</summary>
    public Aggregation Aggregation { get; private set; } = aggregation;

    /// <summary>The events.</summary>
    public Lineage Lineage { get; private init; } = new();

    /// <summary>Whether there is no event in it.</summary>
    public bool IsEmpty => Lineage.IsEmpty;

    /// <summary>Of sum, count, max, min and last: the number.</summary>
    public AggregateValue Value => _value;

    /// <summary>Of unique: the distinct members.</summary>
    public IReadOnlySet<string> Members => AllMembers() ?? NoMembers;

    /// <summary>Of time-weighted: the values by time.</summary>
    public StepFunction? Steps { get; private set; }

    /// <summary>Begins anew, for other events: what it has room for already costs nothing again.</summary>
    /// <param name="other">How those become a number.</param>
    public void Reset(Aggregation other)
    {
        Aggregation = other;
        _value = default;
        if (_members is { Count: > MostMembersKept }) _members = null;
        _members?.Clear();
        _latestCount = 0;
        Steps = null;
        Lineage.Reset();
    }

    /// <summary>Adds an event.</summary>
    /// <param name="sample">The event.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="traceparent">Its W3C traceparent in ASCII; empty when it has none.</param>
    /// <returns>Whether it is the earliest now, so that the lineage's trace should be its.</returns>
    /// <exception cref="ModelException">The value has more than 9 digits after the decimal point, and the aggregation is time-weighted.</exception>
    public bool Add(in Sample sample, in EventPosition at, ReadOnlySpan<byte> traceparent = default)
    {
        if (Aggregation == Aggregation.Unique)
            AddMember(sample.Member ?? string.Empty);
        else if (Aggregation == Aggregation.TimeWeighted)
            (Steps ??= new StepFunction()).Add(new Step(sample.Time, sample.Value, sample.Identity));
        else if (Aggregation is Aggregation.Count or Aggregation.Sum)
            _value = new AggregateValue(_value.Value + (Aggregation == Aggregation.Count ? 1 : sample.Value), 0, default, IsSet: true);
        else
            _value = _value.With(Aggregation, AggregateValue.Of(Aggregation, sample));
        Lineage.AddTrace(traceparent);
        return Lineage.Add(sample.Identity, sample.Time, at);
    }

    private void AddMember(string member)
    {
        _latest ??= new string[MostLatest];
        if (_latestCount == MostLatest) AllMembers();
        _latest[_latestCount++] = member;
    }

    private HashSet<string>? AllMembers()
    {
        if (_latestCount == 0) return _members;
        _members ??= new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in _latest.AsSpan(0, _latestCount)) _members.Add(member);
        _latestCount = 0;
        return _members;
    }

    /// <summary>Adds what other events add; the sets of events must not overlap.</summary>
    public void Merge(Contribution other) => Merge(other, withMembers: true);

    /// <summary>Adds what other events add; the sets of events must not overlap.</summary>
    /// <param name="other">What they add.</param>
    /// <param name="withMembers">False leaves the members of unique to whoever keeps them elsewhere.</param>
    public void Merge(Contribution other, bool withMembers)
    {
        _value = _value.With(Aggregation, other._value);
        if (withMembers && other.AllMembers() is { Count: > 0 } members)
        {
            AllMembers();
            (_members ??= new HashSet<string>(StringComparer.Ordinal)).UnionWith(members);
        }

        foreach (var step in other.Steps?.Steps ?? []) (Steps ??= new StepFunction()).Add(step);
        Lineage.Merge(other.Lineage);
    }

    /// <summary>Whether some events can be taken out again without a look at the others: out of a sum, a count, a step function.</summary>
    /// <param name="aggregation">How events become a number.</param>
    public static bool CanTakeOut(Aggregation aggregation) => aggregation is Aggregation.Sum or Aggregation.Count or Aggregation.TimeWeighted;

    /// <summary>The same again without some of its events.</summary>
    /// <param name="taken">What those events add. The number, their count and digest are exact then; see <see cref="Lineage.Remove"/>.</param>
    /// <exception cref="ModelException">Of the aggregation nobody can say what is left: <see cref="CanTakeOut"/>.</exception>
    public Contribution Without(Contribution taken)
    {
        if (!CanTakeOut(Aggregation)) throw new ModelException($"Events can't be taken out of '{Aggregation}' alone: what is left depends on the others. Count them all anew.");
        var rest = Copy();
        rest.Lineage.Remove(taken.Lineage);
        foreach (var step in taken.Steps?.Steps ?? []) rest.Steps?.Remove(step);
        if (rest.IsEmpty) rest._value = default;
        else if (taken._value.IsSet) rest._value = new AggregateValue(_value.Value - taken._value.Value, 0, default, IsSet: true);
        return rest;
    }

    /// <summary>The same again, so that one can grow without the other.</summary>
    public Contribution Copy()
    {
        var copy = new Contribution(Aggregation);
        copy.Merge(this);
        return copy;
    }

    /// <summary>A window's quantity, of the contributions of all tenants.</summary>
    /// <param name="aggregation">How events become a number.</param>
    /// <param name="contributions">One for each tenant.</param>
    /// <param name="start">Start of the window, Unix milliseconds.</param>
    /// <param name="end">End of the window, Unix milliseconds.</param>
    public static decimal Quantity(Aggregation aggregation, IReadOnlyCollection<Contribution> contributions, long start, long end)
    {
        switch (aggregation)
        {
            case Aggregation.Unique:
                return contributions.SelectMany(one => one.Members).Distinct(StringComparer.Ordinal).Count();
            case Aggregation.TimeWeighted:
                return StepFunction.Average(contributions.Aggregate((Int128)0, (sum, one) => sum + (one.Steps?.Integral(end) ?? 0)), end - start);
            default:
                return contributions.Aggregate(default(AggregateValue), (all, one) => all.With(aggregation, one._value)).Value;
        }
    }

    private static readonly HashSet<string> NoMembers = [];
}
