using UsageStreams.Model;

namespace UsageStreams.Host.Exceptions;

/// <summary>Which exceptions are asked for; what is null doesn't matter.</summary>
internal sealed record ExceptionFilter
{
    /// <summary>Of this tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>Of this kind.</summary>
    public ExceptionKind? Kind { get; init; }

    /// <summary>With this reason.</summary>
    public string? Reason { get; init; }

    /// <summary>In this state; null: all but the resolved.</summary>
    public ExceptionState? State { get; init; }

    /// <summary>Of this owner.</summary>
    public string? Owner { get; init; }

    /// <summary>Only what should have been resolved by now.</summary>
    public bool Overdue { get; init; }

    /// <summary>The resolved ones too.</summary>
    public bool All { get; init; }

    /// <summary>Whether an exception is asked for.</summary>
    public bool Takes(ExceptionView view, DateTimeOffset now) =>
        (Tenant is null || string.Equals(Tenant, view.Exception.Tenant, StringComparison.Ordinal))
        && (Kind is null || Kind == view.Exception.Kind)
        && (Reason is null || string.Equals(Reason, view.Exception.Reason, StringComparison.Ordinal))
        && (State is { } state ? view.State == state : All || view.State != ExceptionState.Resolved)
        && (Owner is null || string.Equals(Owner, view.Owner, StringComparison.Ordinal))
        && (!Overdue || view.IsOverdue(now));
}
