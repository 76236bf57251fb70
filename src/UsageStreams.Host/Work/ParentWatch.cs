namespace UsageStreams.Host.Work;

/// <summary>Notices the end of the process that started this one, however it ended: the pipe to standard input closes.</summary>
internal static class ParentWatch
{
    /// <summary>Cancels when standard input ends.</summary>
    public static async Task CancelWithParentAsync(CancellationTokenSource stopping)
    {
        var buffer = new byte[16];
        await using var input = Console.OpenStandardInput();
        // Nobody writes there: what comes first is the end.
        while (await input.ReadAsync(buffer) > 0)
        {
        }

        try
        {
            await stopping.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The worker has ended by itself meanwhile.
        }
    }
}
