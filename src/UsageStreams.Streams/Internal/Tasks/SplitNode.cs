namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>Sends each record the first way whose predicate holds.</summary>
internal sealed class SplitNode<TKey, TValue>(
    string name, StreamTask task, RecordPredicate<TKey, TValue>[] predicates, Downstream<TKey, TValue>[] branches, Downstream<TKey, TValue>? otherwise)
    : Receiver<TKey, TValue>
{
    public override void Process(in Record<TKey, TValue> record) => Choose(in record)?.Forward(in record);

    private Downstream<TKey, TValue>? Choose(in Record<TKey, TValue> record)
    {
        try
        {
            for (int i = 0; i < predicates.Length; i++)
            {
                if (predicates[i](in record))
                    return branches[i];
            }

            return otherwise;
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }
    }
}
