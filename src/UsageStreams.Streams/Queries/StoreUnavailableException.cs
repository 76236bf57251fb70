namespace UsageStreams.Streams.Queries;

/// <summary>Why a store can't answer.</summary>
public enum StoreUnavailableReason
{
    /// <summary>The application is not started, or has stopped.</summary>
    NotRunning,

    /// <summary>The task is not on this instance: it lives elsewhere, or is on its way.</summary>
    NotHere,

    /// <summary>The task is here and its state is being restored.</summary>
    Restoring,

    /// <summary>The task lags behind its input by more than the query allows.</summary>
    TooStale,

    /// <summary>There are more entries than the query allows.</summary>
    TooManyEntries,
}

/// <summary>A store can't answer a query now, or not here.</summary>
public sealed class StoreUnavailableException : StreamsException
{
    internal StoreUnavailableException(StoreUnavailableReason reason, string store, string message)
        : base(message)
    {
        Reason = reason;
        Store = store;
    }

    /// <summary>Why.</summary>
    public StoreUnavailableReason Reason { get; }

    /// <summary>Name of the store.</summary>
    public string Store { get; }

    /// <summary>The task that was asked; null when it was not one in particular.</summary>
    public TaskId? Task { get; internal init; }

    /// <summary>The <see cref="StreamsOptions.ApplicationServer"/> of the instance that has the task; null when nobody is known to.</summary>
    public string? ApplicationServer { get; internal init; }

    /// <summary>Whether the same query may succeed here a little later.</summary>
    public bool IsTransient => Reason is StoreUnavailableReason.Restoring or StoreUnavailableReason.TooStale
        || (Reason == StoreUnavailableReason.NotHere && ApplicationServer is null);
}
