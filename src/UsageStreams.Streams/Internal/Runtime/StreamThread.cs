using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>A thread that runs one session after the other until it is stopped or fails for good.</summary>
internal sealed class StreamThread
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping;

    /// <summary>Makes the thread; it stops with the application, or alone.</summary>
    public StreamThread(ThreadContext context, CancellationToken application)
    {
        Context = context;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(application);
    }

    public ThreadContext Context { get; }

    /// <summary>Ends when the thread ends; faults with the error that ended it.</summary>
    public Task Completion => _completion.Task;

    public void Start()
    {
        Context.Progressed();
        Context.Queries.Open();
        var thread = new Thread(Run) { Name = $"{Context.Clients.Options.ApplicationId}-{Context.Thread}", IsBackground = true };
        thread.Start();
    }

    /// <summary>Has it commit what is processed, leave the group, and end.</summary>
    public void Stop() => _stopping.Cancel();

    private void Run()
    {
        Exception? failure = null;
        try
        {
            while (!_stopping.IsCancellationRequested)
                RunSession();
        }
        catch (Exception e)
        {
            Context.Clients.Logger.ThreadFailed(Context.Thread, e.Message, e);
            failure = e;
        }

        // Before anybody is told: the next thread of this number opens them again.
        Context.Queries.Close();
        if (failure is null)
            _completion.SetResult();
        else
            _completion.SetException(failure);
    }

    private void RunSession()
    {
        if (Live() is not { } failure)
            return;
        // The clients are gone before the next are made, and what they held with them.
        FreedMemory.Return();
        Recover(failure);
    }

    /// <summary>One session, from its clients to their end.</summary>
    /// <returns>Why it failed; null when it was stopped.</returns>
    private StreamsException? Live()
    {
        using var session = new StreamSession(Context);
        try
        {
            session.Run(_stopping.Token);
            return null;
        }
        catch (KafkaException e)
        {
            GiveUp(session);
            return TransactionFailure.Of("use the Kafka client", e);
        }
        catch (StreamsException e)
        {
            GiveUp(session);
            return e;
        }
        catch
        {
            GiveUp(session);
            throw;
        }
    }

    private void GiveUp(StreamSession session)
    {
        session.Abandon();
        Context.Report(running: false, [], null);
    }

    /// <summary>Waits before the next session, which may do better; or fails for good, when none does.</summary>
    private void Recover(StreamsException e)
    {
        if (e is not (TransactionFailure or RetriableException))
            ExceptionDispatchInfo.Throw(e);
        Context.Recovering(e);
        if (_stopping.IsCancellationRequested)
        {
            Context.Clients.Logger.DrainFailed(Context.Thread, e.Message);
            return;
        }

        TimeSpan pause = Context.NextPause();
        Context.Clients.Logger.Recovering(Context.Thread, pause, e.Message, e);
        _stopping.Token.WaitHandle.WaitOne(pause);
        Context.Progressed();
    }
}
