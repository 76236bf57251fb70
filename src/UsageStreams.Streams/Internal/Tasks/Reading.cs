using System.Runtime.ExceptionServices;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>What a source read in a record, or what is wrong with it.</summary>
internal struct Reading<TKey, TValue>
{
    public long Offset;
    public Record<TKey, TValue> Record;

    /// <summary>Null for a good record.</summary>
    public ReadingProblem? Problem;
}

/// <summary>Why a record can't be taken.</summary>
/// <param name="Step">Where reading it ended.</param>
/// <param name="Cause">What is wrong, in words.</param>
/// <param name="Code">What the check calls it; null where it gives no code.</param>
internal sealed record ReadingProblem(UndecodableReason Step, string Cause, string? Code = null)
{
    /// <summary>What a serde, a check or an extractor threw that does not call the record undecodable; null where the record is to blame.</summary>
    public ExceptionDispatchInfo? Failure { get; init; }
}
