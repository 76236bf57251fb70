using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// The threads of an application: more, fewer, replaced when they die. It ends when it is stopped, or with the first failure that is not
/// answered by a new thread.
/// </summary>
internal sealed class ThreadFleet
{
    private readonly StreamsOptions _options;
    private readonly Func<int, ThreadContext> _make;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly ReplacementBudget _budget;
    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, ThreadContext> _contexts = [];
    private readonly HashSet<int> _stalled = [];
    private StreamThread[] _threads = [];
    private Exception? _failure;
    private int _alive;

    /// <summary>Makes a fleet without threads.</summary>
    /// <param name="options">How many threads at first, and how often one may be replaced.</param>
    /// <param name="make">What a thread of a number works with; kept when the thread is replaced, or removed and added again.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="clock">Counts replacements, and time without progress.</param>
    /// <param name="stopping">Stops the threads; the fleet cancels it when it fails.</param>
    public ThreadFleet(StreamsOptions options, Func<int, ThreadContext> make, ILogger logger, TimeProvider clock, CancellationTokenSource stopping)
    {
        (_options, _make, _logger, _clock, _stopping) = (options, make, logger, clock, stopping);
        _budget = new ReplacementBudget(options.MaxThreadReplacements, options.ThreadReplacementInterval, clock);
    }

    /// <summary>The threads that run, or are about to be replaced.</summary>
    public IReadOnlyList<ThreadContext> Threads => [.. Volatile.Read(ref _threads).Select(static t => t.Context)];

    /// <summary>Every thread there ever was: what removed ones did still counts.</summary>
    public IReadOnlyList<ThreadContext> Contexts
    {
        get
        {
            lock (_lock)
                return [.. _contexts.Values];
        }
    }

    /// <summary>Ends after the last thread; faults with the failure that ended the fleet.</summary>
    public Task Completion => _completion.Task;

    public bool IsRunning => Array.TrueForAll(Volatile.Read(ref _threads), static t => t.Context.IsRunning);

    public void Start()
    {
        for (int i = 0; i < _options.Threads; i++)
            Add();
    }

    /// <summary>Starts another thread, with the lowest number that is free.</summary>
    /// <exception cref="InvalidOperationException">The application stops.</exception>
    public int Add()
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
                throw new InvalidOperationException($"Application '{_options.ApplicationId}' stops; no thread can be added.");
            int number = Enumerable.Range(0, _threads.Length + 1).First(n => !Array.Exists(_threads, t => t.Context.Thread == n));
            if (!_contexts.TryGetValue(number, out ThreadContext? context))
                _contexts.Add(number, context = _make(number));
            var thread = new StreamThread(context, _stopping.Token);
            _threads = [.. _threads, thread];
            Interlocked.Increment(ref _alive);
            Run(thread);
            return number;
        }
    }

    /// <summary>Stops the thread with the highest number: it commits and leaves the group.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidOperationException">It is the only one.</exception>
    /// <exception cref="TimeoutException">It did not end within the bound; it will not commit any more, and ends when it can.</exception>
    public async Task<int> RemoveAsync(TimeSpan bound, CancellationToken cancellationToken)
    {
        StreamThread thread;
        lock (_lock)
        {
            if (_threads.Length < 2)
                throw new InvalidOperationException($"Application '{_options.ApplicationId}' has one thread only. Stop the application, or pause it.");
            thread = _threads.MaxBy(static t => t.Context.Thread)!;
            _threads = [.. _threads.Where(t => t != thread)];
        }

        thread.Stop();
        await thread.Completion.WaitAsync(bound, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (!thread.Completion.IsCompleted)
        {
            thread.Context.GiveUp();
            throw new TimeoutException($"{Describe(thread.Context)} It did not end within {bound}, and commits no more.");
        }

        thread.Context.Report(running: false, [], null);
        thread.Context.Changed();
        return thread.Context.Thread;
    }

    /// <summary>Has threads that are not done commit no more.</summary>
    /// <returns>What they hang in, for people.</returns>
    public string GiveUp()
    {
        StreamThread[] hanging = [.. Volatile.Read(ref _threads).Where(static t => !t.Completion.IsCompleted)];
        foreach (StreamThread thread in hanging)
            thread.Context.GiveUp();
        return string.Join(' ', hanging.Select(t => Describe(t.Context)));
    }

    /// <summary>Logs each thread that gets nowhere, once, and once more when it gets on.</summary>
    public void CheckProgress()
    {
        lock (_lock)
        {
            foreach (StreamThread thread in _threads)
            {
                ThreadContext context = thread.Context;
                if (!context.IsStalled)
                {
                    if (_stalled.Remove(context.Thread))
                        _logger.ThreadGetsOn(context.Thread);
                }
                else if (_stalled.Add(context.Thread))
                {
                    _logger.ThreadStalled(context.Thread, context.SinceProgress, _options.MaxPollInterval);
                }
            }
        }
    }

    private static string Describe(ThreadContext context) => $"Thread {context.Thread} is without progress for {context.SinceProgress.TotalSeconds:0.#} s: "
        + "a processor, a serde or a partitioner blocks, or the brokers don't answer.";

    private void Run(StreamThread thread)
    {
        thread.Start();
        _ = SuperviseAsync(thread);
    }

    private async Task SuperviseAsync(StreamThread thread)
    {
        await thread.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (thread.Completion.Exception?.InnerException is { } failure && !await ReplaceAsync(thread, failure))
            await EndAsync(failure);
        if (Interlocked.Decrement(ref _alive) > 0 || !_stopping.IsCancellationRequested)
            return;
        if (_failure is null)
            _completion.TrySetResult();
        else
            _completion.TrySetException(_failure);
    }

    private async Task EndAsync(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        // One thread's failure for good stops the application: its partitions would only fail elsewhere.
        await _stopping.CancelAsync();
    }

    /// <summary>Puts a new thread in the place of one that died, if that is what is wanted.</summary>
    private async Task<bool> ReplaceAsync(StreamThread dead, Exception failure)
    {
        if (_stopping.IsCancellationRequested || Decide(dead.Context.Thread, failure) != UncaughtExceptionDecision.ReplaceThread)
            return false;
        if (!_budget.TryTake())
        {
            _failure = new StreamsException(
                $"Threads died more than {_options.MaxThreadReplacements} times within {_options.ThreadReplacementInterval}, the last of them thread "
                + $"{dead.Context.Thread}: {failure.Message} A new one dies of it too: correct the cause, or raise {nameof(StreamsOptions.MaxThreadReplacements)}.", failure);
            return false;
        }

        TimeSpan pause = dead.Context.NextPause();
        _logger.ReplacingThread(dead.Context.Thread, pause, failure.Message);
        await Task.Delay(pause, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            int place = Array.IndexOf(_threads, dead);
            // Removed, or stopped, while it was dead: as was wanted.
            if (place < 0 || _stopping.IsCancellationRequested)
                return true;
            var next = new StreamThread(dead.Context, _stopping.Token);
            StreamThread[] threads = [.. _threads];
            threads[place] = next;
            _threads = threads;
            Interlocked.Increment(ref _alive);
            Run(next);
        }

        return true;
    }

    private UncaughtExceptionDecision Decide(int thread, Exception failure)
    {
        if (_options.UncaughtExceptionHandler is not { } handler)
            return UncaughtExceptionDecision.ShutdownClient;
        try
        {
            return handler(new UncaughtException(thread, failure));
        }
        catch (Exception e)
        {
            _failure = new StreamsException(
                $"{nameof(StreamsOptions.UncaughtExceptionHandler)} failed: {e.Message} It was to decide about thread {thread}, which died of: {failure.Message}",
                new AggregateException(e, failure));
            return UncaughtExceptionDecision.ShutdownClient;
        }
    }
}
