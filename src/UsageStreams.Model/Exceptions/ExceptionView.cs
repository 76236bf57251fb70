namespace UsageStreams.Model;

/// <summary>
/// What an exception and the decisions about it come to. Metering writes the exception, people write decisions; neither rewrites the other's word, so that
/// the state is nowhere kept but here worked out.
/// </summary>
/// <param name="Exception">As metering last told it.</param>
/// <param name="Decisions">All decisions about it, in the order they were written.</param>
public sealed record ExceptionView(UsageException Exception, IReadOnlyList<ExceptionDecision> Decisions)
{
    /// <summary>Who is responsible: who was assigned last, else the owner of its kind.</summary>
    public string Owner => Decisions.LastOrDefault(static decision => decision.Action == ExceptionAction.Assign)?.Owner ?? Exception.Owner;

    /// <summary>Where it stands.</summary>
    public ExceptionState State
    {
        get
        {
            var resolution = Resolution;
            if (Exception.Count == 0 || Settles(resolution)) return ExceptionState.Resolved;
            if (Decisions.Skip(resolution + 1).Any(static decision => decision.Action == ExceptionAction.Assign)) return ExceptionState.Assigned;
            return resolution >= 0 ? ExceptionState.Reopened : ExceptionState.Open;
        }
    }

    /// <summary>Redrives that were decided about it.</summary>
    public long Redrives => Decisions.Count == 0 ? 0 : Decisions.Max(static decision => decision.Redrives);

    /// <summary>How long something has been concerned; zero when it is resolved.</summary>
    /// <param name="now">The instant to measure at.</param>
    public TimeSpan Age(DateTimeOffset now) => State == ExceptionState.Resolved || now < Exception.Opened ? TimeSpan.Zero : now - Exception.Opened;

    /// <summary>Whether it should have been resolved by an instant and is not.</summary>
    public bool IsOverdue(DateTimeOffset now) => State != ExceptionState.Resolved && now >= Exception.Due;

    /// <summary>A decision about it by a person.</summary>
    /// <param name="action">What is decided.</param>
    /// <param name="actor">Who decides.</param>
    /// <param name="time">When.</param>
    /// <param name="reason">Why.</param>
    /// <param name="owner">Of assign: who is responsible from now on.</param>
    /// <exception cref="ModelException">Its state or kind doesn't allow it, or the reason, or the owner of an assignment, is missing.</exception>
    public ExceptionDecision Decide(ExceptionAction action, string actor, DateTimeOffset time, string reason, string? owner = null)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw new ModelException($"A decision about exception {Exception.Id} needs a reason: say why.");
        if ((action == ExceptionAction.Assign) == string.IsNullOrWhiteSpace(owner))
            throw new ModelException($"An assignment of exception {Exception.Id} needs an owner, and nothing else has one: say who.");
        if (Refusal(action) is { } refusal) throw new ModelException($"Exception {Exception.Id} {refusal}");
        return new ExceptionDecision
        {
            Exception = Exception.Id,
            Action = action,
            Owner = owner,
            Actor = actor,
            Time = time,
            Reason = reason,
            Tenant = Exception.Tenant,
            Total = Exception.Total,
            Redrives = Redrives + (action == ExceptionAction.Redrive ? 1 : 0),
        };
    }

    // The place of the last resolution, or -1.
    private int Resolution
    {
        get
        {
            var last = Decisions.Count - 1;
            while (last >= 0 && Decisions[last].Action != ExceptionAction.Resolve) last--;
            return last;
        }
    }

    private bool Settles(int resolution) => resolution >= 0 && Decisions[resolution].Total >= Exception.Total;

    private string? Refusal(ExceptionAction action) => action switch
    {
        ExceptionAction.Redrive when Exception.Count > 0 => Exception.Kind switch
        {
            ExceptionKind.Parked => null,
            ExceptionKind.Rejected => "can't be redriven: what is rejected can never be counted as it is. Its producer must send it again, corrected, under another id.",
            _ => $"can't be redriven: of kind {Exception.Kind.Code()} nothing waits that a recount could count. Resolve it with what was done about it.",
        },
        _ when State != ExceptionState.Resolved => null,
        _ when Exception.Count == 0 => "is resolved: nothing is concerned any more. It opens by itself when something is.",
        _ => "is resolved already, and nothing came since. It reopens by itself when something does.",
    };
}
