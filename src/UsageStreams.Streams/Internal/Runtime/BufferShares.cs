namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// How the bytes that one thread's clients may hold are shared out. What a client needs beside a record's bytes is counted in: about 300 bytes for each
/// in its queues, which is several times that of a small record.
/// </summary>
internal readonly record struct BufferShares(long Bytes)
{
    /// <summary>Half of it is a few records of Kafka's default largest size.</summary>
    public const long Least = 8L << 20;

    /// <summary>Where the client's own settings end.</summary>
    public const long Most = 1L << 40;

    // A client refuses to fetch less than the largest record may have.
    private const int LeastFetch = 1 << 20;
    private const int LargestFetch = 50 << 20;

    // With half of the bytes in records of this size, what the client needs for them is less than a third of the bytes.
    private const int BytesPerOutputRecord = 512;

    /// <summary>Input that is read ahead; the client stops fetching at it.</summary>
    public int InputKbytes => (int)Math.Min(Bytes / 16 / 1024, 2_097_151);

    /// <summary>A broker's answer, which may be on its way when the client stops fetching; at most Kafka's own default.</summary>
    public int FetchBytes => (int)Math.Clamp(Bytes / 16, LeastFetch, LargestFetch);

    public int OutputKbytes => (int)Math.Min(Bytes / 2 / 1024, int.MaxValue);

    public int OutputRecords => (int)Math.Min(Bytes / 2 / BytesPerOutputRecord, 10_000_000);
}
