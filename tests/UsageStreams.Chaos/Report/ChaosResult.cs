namespace UsageStreams.Chaos.Report;

/// <summary>What a run did, and what came out.</summary>
internal sealed record ChaosResult
{
    /// <summary>What the run was given.</summary>
    public required ChaosOptions Options { get; init; }

    /// <summary>What Kafka it was.</summary>
    public required string Broker { get; init; }

    /// <summary>Kills of each worker.</summary>
    public required IReadOnlyList<int> Kills { get; init; }

    /// <summary>Kills of the broker.</summary>
    public required int BrokerRestarts { get; init; }

    /// <summary>What the workers' logs tell.</summary>
    public required LogCounts Logs { get; init; }

    /// <summary>How often the publisher had to be replaced.</summary>
    public required int Resumptions { get; init; }

    /// <summary>What else happened, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What went wrong, one sentence each: the run has failed where there is any.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The numbers.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>Records published.</summary>
    public required long Records { get; init; }

    /// <summary>From the first record to the last comparison, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Of them, after the faults ended.</summary>
    public required double SettleSeconds { get; init; }

    /// <summary>The workers' logs.</summary>
    public required IReadOnlyList<string> LogFiles { get; init; }

    /// <summary>Sum of the differences, whatever their sign.</summary>
    public decimal Difference => Figures.Sum(static figure => Math.Abs(figure.Difference));

    /// <summary>Whether everything is as it must be.</summary>
    public bool Passed => Difference == 0 && Failures.Count == 0;
}
