namespace UsageStreams.Sinks.Runtime;

/// <summary>
/// Divides documents into lanes of batches. Batches of a lane go one after the other, lanes beside each other; all documents of an
/// account are in one lane and in their order.
/// </summary>
internal static class Lanes
{
    public static List<List<T[]>> Plan<T>(IEnumerable<T> documents, Func<T, string> account, int maxBatch)
    {
        List<List<T[]>> lanes = [];
        List<T> shared = [];
        foreach (var group in documents.GroupBy(account))
        {
            T[] all = [.. group];
            if (all.Length > maxBatch || maxBatch == 1)
            {
                lanes.Add([.. all.Chunk(maxBatch)]);
                continue;
            }

            // Accounts share a batch as long as they fit whole.
            if (shared.Count + all.Length > maxBatch) Close(shared, lanes);
            shared.AddRange(all);
        }

        Close(shared, lanes);
        return lanes;
    }

    private static void Close<T>(List<T> shared, List<List<T[]>> lanes)
    {
        if (shared.Count > 0) lanes.Add([shared.ToArray()]);
        shared.Clear();
    }
}
