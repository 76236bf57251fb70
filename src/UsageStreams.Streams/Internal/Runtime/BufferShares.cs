namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>How the bytes that one thread's clients may hold are shared out.</summary>
internal readonly record struct BufferShares(long Bytes)
{
    /// <summary>An eighth of it is a record of Kafka's default largest size.</summary>
    public const long Least = 8L << 20;

    /// <summary>Where the client's own settings end.</summary>
    public const long Most = 1L << 40;

    private const int LargestFetch = 50 << 20;

    /// <summary>Input that is read ahead; the client stops fetching at it.</summary>
    public int InputKbytes => (int)Math.Min(Bytes / 8 / 1024, 2_097_151);

    /// <summary>A broker's answer, which may be on its way when the client stops fetching; at most Kafka's own default.</summary>
    public int FetchBytes => (int)Math.Min(Bytes / 8, LargestFetch);

    public int OutputKbytes => (int)Math.Min(Bytes / 4 * 3 / 1024, int.MaxValue);
}
