namespace UsageStreams.Streams.Internal.Joins;

/// <summary>
/// Joins the records of two sides by key and event time. A record is late by stream time alone and leaves the buffer no sooner than its last
/// partner would be late, so that the result does not depend on when the buffer is cleared.
/// </summary>
internal sealed class StreamJoinProcessor<TKey, TLeft, TRight, TResult>(
    StoreBuilder<BufferKey<TKey>, Buffered<TLeft, TRight>> store,
    JoinBounds bounds,
    OuterJoiner<TKey, TLeft, TRight, TResult> joiner,
    SideOutput<TKey, TLeft> lateLeft,
    SideOutput<TKey, TRight> lateRight) : IProcessor<TKey, Either<TLeft, TRight>, TKey, TResult>
    where TKey : notnull
{
    private ProcessorContext<TKey, TResult> _context = null!;
    private JoinBuffer<TKey, TLeft, TRight> _buffer = null!;

    public void Init(ProcessorContext<TKey, TResult> context)
    {
        _context = context;
        _buffer = new JoinBuffer<TKey, TLeft, TRight>(context.GetStore(store), bounds);
        context.Schedule(TimeSpan.FromMilliseconds(1), PunctuationType.StreamTime, Close);
    }

    public void Process(in Record<TKey, Either<TLeft, TRight>> record)
    {
        Either<TLeft, TRight> side = record.Value;
        if (_context.StreamTime is { } now && record.Timestamp < now - bounds.Grace)
        {
            if (side.IsLeft)
                _context.Forward(lateLeft, record.WithValue(side.Left!));
            else
                _context.Forward(lateRight, record.WithValue(side.Right!));
            return;
        }

        bool matched = JoinPartners(in record, in side);
        _buffer.Add(record.Key, record.Timestamp, in side, matched);
    }

    private bool JoinPartners(in Record<TKey, Either<TLeft, TRight>> record, in Either<TLeft, TRight> side)
    {
        bool matched = false;
        long last = bounds.To(side.IsLeft, record.Timestamp);
        foreach (ref readonly BufferKey<TKey> partner in _buffer.From(record.Key, !side.IsLeft, bounds.From(side.IsLeft, record.Timestamp)))
        {
            if (partner.Time > last)
                break;
            Either<TLeft, TRight> other = _buffer.Match(in partner);
            TResult result = side.IsLeft ? joiner(record.Key, side.Left, other.Right) : joiner(record.Key, other.Left, side.Right);
            _context.Forward(new Record<TKey, TResult>(record.Key, result, Math.Max(record.Timestamp, partner.Time), record.Headers));
            matched = true;
        }

        return matched;
    }

    private void Close(long now)
    {
        while (_buffer.TryTakeEnded(now, out List<BufferKey<TKey>>? ended))
        {
            foreach (BufferKey<TKey> key in ended!)
            {
                Buffered<TLeft, TRight> removed = _buffer.Remove(in key);
                if (!removed.IsMatched && bounds.Keeps(key.IsLeft))
                    _context.Forward(new Record<TKey, TResult>(key.Key, joiner(key.Key, removed.Record.Left, removed.Record.Right), key.Time));
            }
        }
    }
}
