using System.Text;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Host.Exceptions;

/// <summary>Exceptions as they stand, and decisions about them.</summary>
internal sealed class ExceptionDesk(KafkaAccess access, UsageValues values, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>All exceptions, the one that is due first before the others.</summary>
    public IReadOnlyList<ExceptionView> Read(CancellationToken cancellation)
    {
        var exceptions = new Dictionary<string, UsageException>(StringComparer.Ordinal);
        TopicReader.ReadToEnd(access, access.Topics.Exceptions, record =>
        {
            var id = Encoding.UTF8.GetString(record.Message.Key);
            if (record.Message.Value is { } value)
                exceptions[id] = values.Read<UsageException>(record.Topic, value);
            else
                exceptions.Remove(id);
        }, cancellation);
        var decisions = new List<ExceptionDecision>();
        TopicReader.ReadToEnd(access, access.Topics.ExceptionDecisions, record => decisions.Add(values.Read<ExceptionDecision>(record.Topic, record.Message.Value)), cancellation);
        var byException = decisions.ToLookup(static decision => decision.Exception, StringComparer.Ordinal);
        return [.. exceptions.Values
            .Select(exception => new ExceptionView(exception, [.. byException[exception.Id]]))
            .OrderBy(static view => view.Exception.Due).ThenBy(static view => view.Exception.Id, StringComparer.Ordinal)];
    }

    /// <summary>One exception.</summary>
    /// <exception cref="HostException">There is none of this id.</exception>
    public ExceptionView Find(string id, CancellationToken cancellation) =>
        Read(cancellation).FirstOrDefault(view => string.Equals(view.Exception.Id, id, StringComparison.Ordinal))
        ?? throw new HostException(ExitCodes.NotFound, $"{access.Topics.Exceptions} knows no exception '{id}'. 'usagestreams exceptions list' tells the ids of all.");

    /// <summary>Decides about an exception: the decision is written behind all others and never changed.</summary>
    /// <param name="id">The exception.</param>
    /// <param name="action">What is decided.</param>
    /// <param name="by">Who decides, and why.</param>
    /// <param name="owner">Of assign: who is responsible from now on.</param>
    /// <param name="cancellation">Gives it up before it is written.</param>
    /// <returns>The exception as it stood before.</returns>
    /// <exception cref="HostException">There is none of this id, or its state doesn't allow the decision.</exception>
    public ExceptionView Decide(string id, ExceptionAction action, DecisionMaker by, string? owner, CancellationToken cancellation)
    {
        // One name for all: who takes it fences whoever read before, so that no decision rests on what is no longer so.
        using var publisher = new UsagePublisher(access, values, "exception-decisions");
        var view = Find(id, cancellation);
        try
        {
            var decision = view.Decide(action, by.Actor, time.GetUtcNow(), by.Reason, owner);
            publisher.Begin();
            publisher.Publish(access.Topics.ExceptionDecisions, id, decision);
            publisher.Commit();
            return view;
        }
        catch (ModelException refused)
        {
            throw new HostException(ExitCodes.Failed, refused.Message, refused);
        }
    }

    /// <summary>Waits until metering tells other counts of an exception.</summary>
    /// <param name="before">As it was.</param>
    /// <param name="limit">How long.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="HostException">It doesn't within the limit.</exception>
    public async Task<ExceptionView> FollowAsync(ExceptionView before, TimeSpan limit, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var now = Find(before.Exception.Id, cancellation);
            if (now.Exception.Count != before.Exception.Count || now.Exception.Total != before.Exception.Total)
                return now;
            if (time.GetElapsedTime(start) > limit)
                throw new HostException(ExitCodes.Failed,
                    $"The counts of exception {before.Exception.Id} have not moved within {limit.TotalSeconds:0} s. The decision is written and stays: " +
                    "is a worker with 'metering' running, and is there now what the events waited for ('usagestreams exceptions show' tells what)?");
            await Task.Delay(LookEvery, time, cancellation);
        }
    }
}

/// <summary>Who decides, and why.</summary>
/// <param name="Actor">Who, such as <c>person:ann</c>.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct DecisionMaker(string Actor, string Reason);
