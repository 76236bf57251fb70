using System.Buffers;
using UsageStreams.Avro;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// What a meter tells of one tenant in one window between two commits: <em>more</em>, which is added, or <em>instead</em>, which takes the place of all
/// that was sent before; and, with either, events that are <em>taken out</em> again after that. It grows in place until it is sent: whoever forwarded it may go on adding events while <see cref="IsSent"/> is false.
/// </summary>
internal sealed class Partial : IAvroRecord<Partial>
{
    private bool _isFree;

    /// <summary>An empty one; <see cref="PartialPool"/> has those that were used before.</summary>
    public Partial(Aggregation aggregation) => Contribution = new Contribution(aggregation);

    public static AvroSchema Schema => UsagePartial.Schema;

    /// <summary>What is added, or takes the place.</summary>
    public Contribution Contribution { get; }

    /// <summary>Whether it is the tenant's whole contribution rather than a delta.</summary>
    public bool IsInstead { get; private set; }

    /// <summary>Of an <em>instead</em>: what made it necessary.</summary>
    public Cause? Cause { get; private set; }

    /// <summary>Events that are taken out again; null when there are none.</summary>
    public TakenOut? TakenOut { get; private set; }

    /// <summary>Whether it was written to the topic: what comes now belongs into another one.</summary>
    public bool IsSent { get; private set; }

    /// <summary>A delta, empty at first.</summary>
    /// <param name="aggregation">The metric's.</param>
    /// <param name="contractVersion">Version of the contract it is counted under.</param>
    /// <param name="mapping">Version of the mapping that led there, as <c>tenant@version</c>.</param>
    public static Partial More(Aggregation aggregation, int contractVersion, string mapping) => Begin(aggregation, contractVersion, mapping);

    /// <summary>The whole contribution of a recount, empty at first; one that stays empty says that the tenant has nothing in the window any more.</summary>
    public static Partial Instead(Aggregation aggregation, int contractVersion, string mapping, Cause cause)
    {
        var partial = Begin(aggregation, contractVersion, mapping);
        (partial.IsInstead, partial.Cause) = (true, cause);
        return partial;
    }

    /// <summary>Adds an event.</summary>
    /// <param name="sample">The event.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="headers">Its headers, for the trace; looked at, and only copied where needed.</param>
    public void Add(in Sample sample, in EventPosition at, RecordHeaders headers)
    {
        if (IsSent) throw new InvalidOperationException("The partial was sent already; begin another one.");
        headers.TryGetLast(Trace.TraceparentHeader, out var traceparent);
        if (Contribution.Add(sample, at, traceparent) && headers.Count > 0) Contribution.Lineage.Trace = Traces.Of(headers);
    }

    /// <summary>Takes out an event that was counted before. The first says the cause.</summary>
    /// <param name="sample">The event.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="headers">Its headers, for the trace.</param>
    /// <param name="cause">What made it necessary.</param>
    public void TakeOut(in Sample sample, in EventPosition at, RecordHeaders headers, Cause cause)
    {
        if (IsSent) throw new InvalidOperationException("The partial was sent already; begin another one.");
        headers.TryGetLast(Trace.TraceparentHeader, out var traceparent);
        TakenOut ??= new TakenOut(cause, new Contribution(Contribution.Aggregation));
        TakenOut.Contribution.Add(sample, at, traceparent);
    }

    /// <summary>Both as one, this one having come first: an <em>instead</em> overrides what stood before it, a <em>more</em> after it adds.</summary>
    public Partial Combine(Partial next)
    {
        if (ReferenceEquals(this, next)) return this;
        if (next.IsInstead) return next;
        Contribution.Merge(next.Contribution);
        if (TakenOut is null) TakenOut = next.TakenOut;
        else if (next.TakenOut is { } more) TakenOut.Contribution.Merge(more.Contribution);
        return this;
    }

    /// <summary>Makes it an empty one again.</summary>
    public Partial Begin(Aggregation aggregation)
    {
        Contribution.Reset(aggregation);
        (IsInstead, Cause, TakenOut, IsSent, _isFree) = (false, null, null, false, false);
        return this;
    }

    /// <summary>Its work is done: nothing can be added any more.</summary>
    public void End()
    {
        if (_isFree) throw new InvalidOperationException("The partial was given back already; who gives it back must not hold it.");
        (IsSent, _isFree) = (true, true);
    }

    public static Partial Read(ref AvroReader reader)
    {
        var partial = PartialPool.Rent(default);
        partial.IsInstead = reader.ReadBoolean();
        partial.Cause = reader.ReadUnion(2) == 0 ? null : Model.Cause.Read(ref reader);
        partial.Contribution.ReadFrom(ref reader, PartialPool.Texts);
        partial.TakenOut = reader.ReadUnion(2) == 0 ? null : new TakenOut(Model.Cause.Read(ref reader), Contribution.Read(ref reader, PartialPool.Texts));
        partial.IsSent = true;
        return partial;
    }

    public static void Write(Partial value, ref AvroWriter writer)
    {
        value.IsSent = true;
        writer.WriteBoolean(value.IsInstead);
        writer.WriteUnion(value.Cause is null ? 0 : 1);
        if (value.Cause is not null) Model.Cause.Write(value.Cause, ref writer);
        value.Contribution.Write(ref writer);
        writer.WriteUnion(value.TakenOut is null ? 0 : 1);
        if (value.TakenOut is not { } taken) return;
        Model.Cause.Write(taken.Cause, ref writer);
        taken.Contribution.Write(ref writer);
    }

    private static Partial Begin(Aggregation aggregation, int contractVersion, string mapping)
    {
        var partial = PartialPool.Rent(aggregation);
        partial.Contribution.Lineage.ContractVersion = contractVersion;
        partial.Contribution.Lineage.AddMapping(mapping);
        return partial;
    }
}

/// <summary>Events that were counted before and are taken out again.</summary>
/// <param name="Cause">What made it necessary.</param>
/// <param name="Contribution">What the events had added.</param>
internal sealed record TakenOut(Cause Cause, Contribution Contribution);
