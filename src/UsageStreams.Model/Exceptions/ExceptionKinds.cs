namespace UsageStreams.Model;

/// <summary>The kinds of exceptions in words that people type and programs keep.</summary>
public static class ExceptionKinds
{
    /// <summary>All kinds with their codes.</summary>
    public static IReadOnlyDictionary<string, ExceptionKind> ByCode { get; } =
        Enum.GetValues<ExceptionKind>().ToDictionary(Code, StringComparer.Ordinal);

    /// <summary>A kind's stable code, such as <c>late-rejected</c>.</summary>
    /// <exception cref="ModelException">The kind has none.</exception>
    public static string Code(this ExceptionKind kind) => kind switch
    {
        ExceptionKind.Rejected => "rejected",
        ExceptionKind.Parked => "parked",
        ExceptionKind.LateRejected => "late-rejected",
        ExceptionKind.PartlyLate => "partly-late",
        ExceptionKind.UnmatchedWithdrawal => "unmatched-withdrawal",
        ExceptionKind.BeyondRecount => "beyond-recount",
        ExceptionKind.Misplaced => "misplaced",
        _ => throw new ModelException($"Exception kind '{kind}' has no code; add it to ExceptionKinds."),
    };
}
