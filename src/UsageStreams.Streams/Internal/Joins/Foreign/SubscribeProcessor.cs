using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams.Internal.Joins.Foreign;

/// <summary>
/// Beside the left table: sends each value on, and has its key subscribe where its foreign key lies. A change that keeps the foreign key keeps the
/// subscription.
/// </summary>
internal sealed class SubscribeProcessor<TKey, TLeft, TForeignKey, TRight>(
    StoreBuilder<TKey, Subscribed<TForeignKey>> store,
    StoreBuilder<string, long> last,
    ForeignKeySelector<TKey, TLeft, TForeignKey> foreignKey,
    SideOutput<TForeignKey, Subscription<TKey, TRight>> subscriptions) : IProcessor<TKey, Change<TLeft>, TKey, Answer<TLeft, TRight>>
    where TKey : notnull
    where TForeignKey : notnull
{
    private const string LastKey = "last";
    private const int ClockShift = 16;

    private ProcessorContext<TKey, Answer<TLeft, TRight>> _context = null!;
    private KeyValueStore<TKey, Subscribed<TForeignKey>> _subscribed = null!;
    private KeyValueStore<string, long> _last = null!;

    public void Init(ProcessorContext<TKey, Answer<TLeft, TRight>> context)
    {
        _context = context;
        _subscribed = context.GetStore(store);
        _last = context.GetStore(last);
    }

    public void Process(in Record<TKey, Change<TLeft>> record)
    {
        bool had = _subscribed.TryGet(record.Key, out Subscribed<TForeignKey> old);
        if (!record.Value.HasNew)
        {
            if (had)
                End(in record, in old);
            _context.Forward(record.WithValue(Answer<TLeft, TRight>.LeftRemoved));
            return;
        }

        TLeft value = record.Value.New!;
        TForeignKey? foreign = foreignKey(record.Key, value);
        if (had && foreign is not null && EqualityComparer<TForeignKey>.Default.Equals(old.ForeignKey, foreign))
        {
            _context.Forward(record.WithValue(Answer<TLeft, TRight>.Left(value, old.Number)));
            return;
        }

        if (had)
            End(in record, in old);
        long number = Next();
        if (foreign is null)
        {
            _context.Forward(record.WithValue(Answer<TLeft, TRight>.LeftAlone(value, number)));
            return;
        }

        _subscribed.Put(record.Key, new Subscribed<TForeignKey>(number, foreign));
        _context.Forward(record.WithValue(Answer<TLeft, TRight>.Left(value, number)));
        _context.Forward(subscriptions, record.With(foreign, Subscription<TKey, TRight>.Begin(record.Key, number)));
    }

    private void End(in Record<TKey, Change<TLeft>> record, in Subscribed<TForeignKey> old)
    {
        _subscribed.Delete(record.Key);
        _context.Forward(subscriptions, record.With(old.ForeignKey, Subscription<TKey, TRight>.End(record.Key, old.Number)));
    }

    /// <summary>
    /// A number above all that the task gave before, so that a key that comes back can't be taken for its former self. The clock's share matters at
    /// least once only, where numbers may have been sent and the last of them not been kept.
    /// </summary>
    private long Next()
    {
        long number = Math.Max(_last.Get(LastKey) + 1, _context.WallClock << ClockShift);
        _last.Put(LastKey, number);
        return number;
    }
}
