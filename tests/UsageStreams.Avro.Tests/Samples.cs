using UsageStreams.Avro.Tests.Generated;

namespace UsageStreams.Avro.Tests;

internal static class Samples
{
    private static readonly DateTimeOffset Time = new(2026, 3, 29, 1, 2, 3, TimeSpan.Zero);

    public static EveryKind Plain() => new()
    {
        Read = true,
        Write = -1,
        Schema = long.MinValue,
        Amount = 12.3456m,
        WideAmount = -79m,
        Key = [.. Enumerable.Range(0, 16).Select(static i => (byte)i)],
        At = Time,
        ExactlyAt = Time.AddMicroseconds(1),
        Day = new DateOnly(2026, 3, 29),
        Uuid = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    };

    public static EveryKind EveryKind() => Plain() with
    {
        Text = "Zürich 😀",
        Bytes = [1, 2, 3],
        Colour = Colour.DarkBlue,
        MayBeLast = "last",
        OptionalAmount = -0.0001m,
        OptionalWords = ["a", "", "c"],
        Holes = [1, null, 3],
        Grid = [[1, 2], [], [3]],
        Totals = new Dictionary<string, IReadOnlyDictionary<string, Colour>> { ["a"] = new Dictionary<string, Colour> { ["b"] = Colour.DarkBlue } },
        Body = new Leaf { Value = 7 },
        Bodies = [new Leaf { Value = 1 }, new Tree { Leaf = new Leaf { Value = 2 } }],
        Tree = new Tree { Leaf = new Leaf { Value = 3 }, Branches = [new Tree { Leaf = new Leaf { Value = 4 } }] },
    };
}
