using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Signals;

/// <summary>From the ledger to what the people who care for a customer should see: health at the end of each day, alerts when usage nears what is included.</summary>
public static class SignalsTopology
{
    /// <summary>Describes the topology.</summary>
    public static Streams.Topology Build(UsageSerdes serdes)
    {
        var topics = serdes.Topics;
        var builder = new StreamsBuilder();
        var references = ReferenceTables.Of(builder, serdes);
        var activities = Stores.KeyValue("activities", Serdes.Utf8, serdes.Store<AccountActivity>(topics.SignalsApplication, "activities"));

        builder.Stream(topics.Ledger, Consumed.With(Serdes.Utf8, serdes.Ledger).WithName("entries").WithStreamTimeFromWatermarks())
            .Process("observe", () => new Observe(activities, references), activities)
            .To(topics.Signals, Produced.With(Serdes.Utf8, serdes.Signals).WithName("signals").WithWatermarks(TimeSpan.FromHours(1)));
        return builder.Build();
    }
}
