using System.Runtime.InteropServices;

namespace UsageStreams.Streams.Internal.Joins.Foreign;

/// <summary>Where the foreign keys lie: knows who points to each, answers a new subscription at once, and all of them at the commit after a change.</summary>
internal sealed class AnswerProcessor<TKey, TLeft, TForeignKey, TRight>(
    StoreBuilder<Subscriber<TForeignKey, TKey>, long> subscribers, StoreBuilder<TForeignKey, TRight> rights)
    : IProcessor<TForeignKey, Subscription<TKey, TRight>, TKey, Answer<TLeft, TRight>>
    where TKey : notnull
    where TForeignKey : notnull
{
    private readonly Dictionary<TForeignKey, HashSet<TKey>> _byForeignKey = [];
    private readonly Dictionary<TForeignKey, (long Timestamp, RecordHeaders Headers)> _changed = [];
    private ProcessorContext<TKey, Answer<TLeft, TRight>> _context = null!;
    private KeyValueStore<Subscriber<TForeignKey, TKey>, long> _subscribers = null!;
    private KeyValueStore<TForeignKey, TRight> _rights = null!;

    public void Init(ProcessorContext<TKey, Answer<TLeft, TRight>> context)
    {
        _context = context;
        _subscribers = context.GetStore(subscribers);
        _rights = context.GetStore(rights);
        foreach ((Subscriber<TForeignKey, TKey> subscriber, _) in _subscribers.All)
            Index(in subscriber);
        context.BeforeCommit = AnswerChanged;
    }

    public void Process(in Record<TForeignKey, Subscription<TKey, TRight>> record)
    {
        Subscription<TKey, TRight> message = record.Value;
        switch (message.Kind)
        {
            case SubscriptionKind.Begin:
                var begun = new Subscriber<TForeignKey, TKey>(record.Key, message.Key!);
                _subscribers.Put(begun, message.Number);
                Index(in begun);
                _context.Forward(record.With(message.Key!, AnswerOf(record.Key, message.Number)));
                break;
            case SubscriptionKind.End:
                End(new Subscriber<TForeignKey, TKey>(record.Key, message.Key!), message.Number);
                _context.Forward(record.With(message.Key!, Answer<TLeft, TRight>.Ended(message.Number)));
                break;
            case SubscriptionKind.Value:
                _rights.Put(record.Key, message.Right!);
                Changed(in record);
                break;
            case SubscriptionKind.NoValue when _rights.Delete(record.Key):
                Changed(in record);
                break;
        }
    }

    private void Changed(in Record<TForeignKey, Subscription<TKey, TRight>> record)
    {
        ref (long Timestamp, RecordHeaders Headers) held = ref CollectionsMarshal.GetValueRefOrAddDefault(_changed, record.Key, out bool exists);
        held = (exists ? Math.Max(held.Timestamp, record.Timestamp) : record.Timestamp, record.Headers);
    }

    private void AnswerChanged()
    {
        foreach ((TForeignKey foreign, (long timestamp, RecordHeaders headers)) in _changed)
        {
            if (!_byForeignKey.TryGetValue(foreign, out HashSet<TKey>? keys))
                continue;
            foreach (TKey key in keys)
            {
                long number = _subscribers.Get(new Subscriber<TForeignKey, TKey>(foreign, key));
                _context.Forward(new Record<TKey, Answer<TLeft, TRight>>(key, AnswerOf(foreign, number), timestamp, headers));
            }
        }

        _changed.Clear();
    }

    private Answer<TLeft, TRight> AnswerOf(TForeignKey foreign, long number) => _rights.TryGet(foreign, out TRight? right)
        ? Answer<TLeft, TRight>.Right(right, number)
        : Answer<TLeft, TRight>.NoRight(number);

    private void Index(in Subscriber<TForeignKey, TKey> subscriber)
    {
        ref HashSet<TKey>? keys = ref CollectionsMarshal.GetValueRefOrAddDefault(_byForeignKey, subscriber.ForeignKey, out _);
        keys ??= [];
        keys.Add(subscriber.Key);
    }

    private void End(in Subscriber<TForeignKey, TKey> subscriber, long number)
    {
        // A later subscription of the same key may have come first, where the two sides were written at least once.
        if (!_subscribers.TryGet(subscriber, out long current) || current > number)
            return;
        _subscribers.Delete(subscriber);
        HashSet<TKey> keys = _byForeignKey[subscriber.ForeignKey];
        keys.Remove(subscriber.Key);
        if (keys.Count == 0)
            _byForeignKey.Remove(subscriber.ForeignKey);
    }
}
