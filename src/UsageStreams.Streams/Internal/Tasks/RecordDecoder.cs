namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>Reads key and value of a record once.</summary>
internal sealed class RecordDecoder<TKey, TValue>(ISerde<TKey> keySerde, ISerde<TValue> valueSerde, bool takesTombstones)
{
    /// <summary>Decodes, or says why not. Only what a serde calls undecodable is; other errors pass through.</summary>
    public bool TryDecode(in InputRecord input, out Record<TKey, TValue> record, out UndecodableReason reason, out string cause)
    {
        record = default;
        if (!input.HasKey)
        {
            (reason, cause) = (UndecodableReason.NullKey, "The record has no key.");
            return false;
        }

        if (!input.HasValue && !takesTombstones)
        {
            (reason, cause) = (UndecodableReason.NullValue, "The record has no value: null value.");
            return false;
        }

        reason = UndecodableReason.Key;
        try
        {
            TKey key = keySerde.Deserialize(input.Key);
            reason = UndecodableReason.Value;
            record = input.HasValue
                ? new Record<TKey, TValue>(key, valueSerde.Deserialize(input.Value), input.Arrival, input.Headers)
                : Record<TKey, TValue>.Tombstone(key, input.Arrival, input.Headers);
            cause = "";
            return true;
        }
        catch (UndecodableException e)
        {
            cause = e.Message;
            return false;
        }
    }
}
