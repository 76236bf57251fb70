namespace UsageStreams.Host;

/// <summary>Keeps a stream of records to so many a second.</summary>
/// <param name="perSecond">How many; 0 is as fast as it goes.</param>
/// <param name="time">The clock.</param>
internal sealed class Pace(double perSecond, TimeProvider time)
{
    // Often enough for an eye.
    private const double BatchesPerSecond = 5;

    private readonly long _start = time.GetTimestamp();

    /// <summary>How many records to send at once, at most <paramref name="most"/>.</summary>
    public int Batch(int most) => perSecond <= 0 ? most : Math.Clamp((int)(perSecond / BatchesPerSecond), 1, most);

    /// <summary>Waits until <paramref name="sent"/> records may have been sent.</summary>
    public Task WaitAsync(long sent, CancellationToken cancellation)
    {
        var ahead = perSecond <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(sent / perSecond) - time.GetElapsedTime(_start);
        return ahead > TimeSpan.Zero ? Task.Delay(ahead, time, cancellation) : Task.CompletedTask;
    }
}
