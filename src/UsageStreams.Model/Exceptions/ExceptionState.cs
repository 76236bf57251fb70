namespace UsageStreams.Model;

/// <summary>Where an exception stands.</summary>
public enum ExceptionState
{
    /// <summary>Nobody has taken it up.</summary>
    Open,

    /// <summary>Somebody was made responsible for it.</summary>
    Assigned,

    /// <summary>Nothing is concerned any more, or a person has settled it and nothing came since.</summary>
    Resolved,

    /// <summary>A person had settled it, and then more came.</summary>
    Reopened,
}
