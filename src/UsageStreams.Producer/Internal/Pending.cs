namespace UsageStreams.Producer.Internal;

/// <summary>An event on its way, and the task of who waits for it.</summary>
internal sealed class Pending(int size, long start) : TaskCompletionSource<UsageDelivery>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public int Size { get; } = size;

    public long Start { get; } = start;
}
