using UsageStreams.Streams;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Integration.Engine.Shared;

/// <summary>A topology over one topic of texts <c>time:word</c>, whose committed output does not depend on when it is committed.</summary>
/// <param name="Name">Name of the scenario.</param>
/// <param name="Describe">Adds the operators behind the stream; what they give goes to the output as text.</param>
/// <param name="IsTable">Whether only the last value of each key is the result.</param>
public sealed record SharedScenario(string Name, Func<KStream<string, string>, KStream<string, string>> Describe, bool IsTable = false)
{
    private static readonly Produced<string, string> Text = Produced.With(Serdes.Utf8, Serdes.Utf8);
    private static readonly Materialized<string, long> Counts = Materialized.As("counts", Serdes.Utf8, Serdes.Int64);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static IReadOnlyList<SharedScenario> All { get; } =
    [
        new("stateless", static stream => stream
            .Filter("some", static (in Record<string, string> r) => Word(r.Value) != "skip")
            .FlatMapValues("letters", static (in Record<string, string> r, ValueEmitter<string> emitter) =>
            {
                foreach (char letter in Word(r.Value))
                    emitter.Emit($"{letter}");
            })),
        new("count", static stream => stream
            .GroupBy("by-word", static (in Record<string, string> r) => Word(r.Value), Grouped.With("words", Serdes.Utf8, Serdes.Utf8))
            .Count(Counts).ToStream("changes").MapValues("text", static (in Record<string, long> r) => $"{r.Value}"), IsTable: true),
        new("tumbling", static stream => Windows(stream.GroupByKey().WindowedBy(TumblingWindows.Of(Minute).WithGrace(Minute)).Count(Closing))),
        new("hopping", static stream => Windows(stream.GroupByKey().WindowedBy(HoppingWindows.Of(Minute, Minute / 2).WithGrace(Minute)).Count(Closing))),
        new("sliding", static stream => Windows(stream.GroupByKey().WindowedBy(SlidingWindows.Of(Minute).WithGrace(Minute)).Count(Closing))),
        new("sessions", static stream => Windows(stream.GroupByKey().WindowedBy(SessionWindows.WithGap(Minute).WithGrace(Minute)).Count(Closing))),
        new("deduplicate", static stream =>
        {
            DeduplicatedStream<string, string> once = stream.Deduplicate("once", static (in Record<string, string> r) => Word(r.Value), Minute * 5, Serdes.Utf8);
            return once.Merge(once.Late.MapValues("late", static (in Record<string, string> r) => $"late {r.Value}"));
        }),
        new("join", static stream =>
        {
            KStream<string, string> others = stream.Split("kind")
                .Branch("left", static (in Record<string, string> r) => Word(r.Value)[0] < 'd', out KStream<string, string> left).Default("right");
            JoinedStream<string, string, string, string> joined = left.OuterJoin(
                others, static (_, l, r) => $"{l}+{r}", JoinWindows.Of(Minute).WithGrace(Minute), Joined.With("pairs", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8));
            return joined.Merge(joined.LateLeft.Merge(joined.LateRight).MapValues("late", static (in Record<string, string> r) => $"late {r.Value}"));
        }),
    ];

    private static Materialized<string, long> Closing => Counts.WithEmit(EmitStrategy.OnWindowClose);

    /// <summary>Records out of order, and at last one in each partition that closes every window.</summary>
    public static IReadOnlyList<(string Key, string Value)> Input(int seed)
    {
        var random = new Random(seed);
        string[] words = ["apple", "bread", "cake", "date", "egg", "skip"];
        return
        [
            .. Enumerable.Range(0, 300).Select(i => ($"k{random.Next(12)}", $"{Math.Max(0, (i * 5_000) + random.Next(200_000) - 100_000)}:{words[random.Next(words.Length)]}")),
            .. Enumerable.Range(0, 12).Select(static key => ($"k{key}", "900000000:end")),
        ];
    }

    public Streams.Topology Build(string input, string output)
    {
        var builder = new StreamsBuilder();
        Describe(builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("events")
            .WithTimestamps(static (in Record<string, string> r, long _) => long.Parse(r.Value.AsSpan(0, r.Value.IndexOf(':')), System.Globalization.CultureInfo.InvariantCulture)))).To(output, Text);
        return builder.Build();
    }

    /// <summary>What is compared: of a table the last of each key, of a stream everything, in one order.</summary>
    public string[] Result(IEnumerable<(string Key, string Value)> records) =>
    [
        .. (IsTable ? records.GroupBy(static r => r.Key, static (_, all) => all.Last(), StringComparer.Ordinal) : records)
            .Select(static r => $"{r.Key}={r.Value}").Order(StringComparer.Ordinal),
    ];

    private static string Word(string value) => value[(value.IndexOf(':') + 1)..];

    private static KStream<string, string> Windows(WindowedKTable<string, string, long> table) => table.ToStream("final")
        .Map("text", static (in Record<Windowed<string>, long> r) => r.With($"{r.Key}", $"{r.Value}"))
        .Merge(table.Late.Map("late", static (in Record<Windowed<string>, string> r) => r.With($"{r.Key}", $"late {r.Value}")));
}
