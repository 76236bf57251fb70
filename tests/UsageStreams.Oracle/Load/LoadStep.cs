using UsageStreams.Model;

namespace UsageStreams.Oracle.Load;

/// <summary>Something that happens at an instant of the load's clock, which is the instant of arrival for records.</summary>
/// <param name="At">Unix ms.</param>
internal abstract record LoadStep(long At);

/// <summary>A usage event arrives.</summary>
internal sealed record EventArrives(long At, string Key, UsageEvent Event) : LoadStep(At)
{
    /// <summary>Whether its producer puts it into the partition behind that of its key.</summary>
    public bool IsAstray { get; init; }
}

/// <summary>A record arrives that is no event.</summary>
internal sealed record GarbageArrives(long At, string Key, byte[]? Value) : LoadStep(At);

/// <summary>Reference data change: a tenant, account, contract, metric or product as it is from now on.</summary>
internal sealed record ReferenceArrives(long At, object Record) : LoadStep(At);

/// <summary>The application commits what it has done.</summary>
internal sealed record Commits(long At) : LoadStep(At);

/// <summary>The application is killed and starts again.</summary>
internal sealed record Crashes(long At) : LoadStep(At);
