using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>A thread that runs one session after the other until it is stopped or fails for good.</summary>
internal sealed class StreamThread(ThreadContext context, CancellationToken stopping)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ThreadContext Context => context;

    /// <summary>Ends when the thread ends; faults with the error that ended it.</summary>
    public Task Completion => _completion.Task;

    public void Start()
    {
        var thread = new Thread(Run) { Name = $"{context.Clients.Options.ApplicationId}-{context.Thread}", IsBackground = true };
        thread.Start();
    }

    private void Run()
    {
        try
        {
            while (!stopping.IsCancellationRequested)
                RunSession();
            _completion.SetResult();
        }
        catch (Exception e)
        {
            context.Clients.Logger.ThreadFailed(context.Thread, e.Message, e);
            _completion.SetException(e);
        }
        finally
        {
            context.Queries.Close();
        }
    }

    private void RunSession()
    {
        using var session = new StreamSession(context);
        try
        {
            session.Run(stopping);
        }
        catch (Exception e) when (e is TransactionFailure or RetriableException)
        {
            session.Abandon();
            context.Metrics.Recovering();
            context.Report(running: false, [], null);
            if (stopping.IsCancellationRequested)
            {
                context.Clients.Logger.DrainFailed(context.Thread, e.Message);
                return;
            }

            TimeSpan pause = context.NextPause();
            context.Clients.Logger.Recovering(context.Thread, pause, e.Message, e);
            stopping.WaitHandle.WaitOne(pause);
        }
        catch
        {
            session.Abandon();
            context.Report(running: false, [], null);
            throw;
        }
    }
}
