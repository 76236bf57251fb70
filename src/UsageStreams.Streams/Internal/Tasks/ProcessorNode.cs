using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>A processor in its task: life cycle, schedule, and the headers that its output inherits.</summary>
internal abstract class ProcessorNode(string name, StreamTask task)
{
    private readonly List<Punctuation> _punctuations = [];

    public string Name { get; } = name;

    public StreamTask Task { get; } = task;

    /// <summary>Headers of the record at hand; none in a punctuation.</summary>
    public RecordHeaders Headers { get; protected set; } = RecordHeaders.Empty;

    /// <summary>Sends what is held back until a commit; null when nothing is.</summary>
    public Action? BeforeCommit { get; set; }

    public abstract void Init();

    public abstract void Close();

    public Punctuation Schedule(TimeSpan interval, PunctuationType type, Action<long> action)
    {
        if (interval <= TimeSpan.Zero)
            throw new StreamsException($"Processor '{Name}' schedules every {interval}; an interval is longer than zero.");
        // Stream time may have passed several boundaries while the task was away, so the first one is due at once.
        long next = type == PunctuationType.StreamTime ? long.MinValue : Task.Now + (long)interval.TotalMilliseconds;
        var punctuation = new Punctuation(type, interval, action, next);
        _punctuations.Add(punctuation);
        return punctuation;
    }

    public void PrepareCommit()
    {
        if (BeforeCommit is null)
            return;
        Headers = RecordHeaders.Empty;
        try
        {
            BeforeCommit();
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw Task.Failure(Name, e);
        }
    }

    public bool Punctuate(PunctuationType type, long now)
    {
        bool ran = false;
        // By index: a callback may schedule another.
        for (int i = 0; i < _punctuations.Count; i++)
        {
            if (_punctuations[i].Type != type)
                continue;
            Headers = RecordHeaders.Empty;
            try
            {
                ran |= _punctuations[i].TryRun(now);
            }
            catch (Exception e) when (e is not StreamsException)
            {
                throw Task.Failure(Name, e);
            }
        }

        if (ran)
            _punctuations.RemoveAll(static p => p.IsCancelled);
        return ran;
    }
}

internal sealed class ProcessorNode<TKeyIn, TValueIn, TKeyOut, TValueOut> : ProcessorNode
{
    private readonly IProcessor<TKeyIn, TValueIn, TKeyOut, TValueOut> _processor;
    private readonly ProcessorContext<TKeyOut, TValueOut> _context;
    private readonly IPrefetchingProcessor<TKeyIn, TValueIn>? _prefetching;
    private bool _isInitialized;

    public ProcessorNode(
        string name, TaskScope scope, IProcessor<TKeyIn, TValueIn, TKeyOut, TValueOut> processor, ProcessorDefinition definition, Downstream<TKeyOut, TValueOut> downstream)
        : base(name, scope.Task)
    {
        _processor = processor;
        _prefetching = processor as IPrefetchingProcessor<TKeyIn, TValueIn>;
        _context = new ProcessorContext<TKeyOut, TValueOut>(this, downstream, definition.ConnectSideOutputs(scope), definition.Stores);
        Input = new Inlet(this);
    }

    public Receiver<TKeyIn, TValueIn> Input { get; }

    public override void Init()
    {
        try
        {
            _processor.Init(_context);
            _isInitialized = true;
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw Task.Failure(Name, e);
        }
    }

    public override void Close()
    {
        try
        {
            _processor.Close();
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw Task.Failure(Name, e);
        }
    }

    private void Process(in Record<TKeyIn, TValueIn> record)
    {
        Headers = record.Headers;
        try
        {
            _processor.Process(in record);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw Task.Failure(Name, e);
        }
    }

    private sealed class Inlet(ProcessorNode<TKeyIn, TValueIn, TKeyOut, TValueOut> node) : Receiver<TKeyIn, TValueIn>
    {
        public override bool Prefetches => node._prefetching is not null;

        public override void Process(in Record<TKeyIn, TValueIn> record) => node.Process(in record);

        public override void Prefetch(in Record<TKeyIn, TValueIn> record)
        {
            if (node._isInitialized)
                node._prefetching?.Prefetch(in record);
        }
    }
}
