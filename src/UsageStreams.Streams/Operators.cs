namespace UsageStreams.Streams;

/// <summary>Gives a record's event time in Unix ms.</summary>
/// <param name="record">The record; its timestamp is the arrival.</param>
/// <param name="arrival">
/// When it arrived, Unix ms: to bound an event time that lies in the future, which would close every window before it.
/// </param>
/// <exception cref="UndecodableException">The record has no usable time: it goes to the undecodable stream.</exception>
public delegate long TimestampExtractor<TKey, TValue>(in Record<TKey, TValue> record, long arrival);

/// <summary>Checks a record that was decoded.</summary>
/// <exception cref="UndecodableException">The record breaks a rule: it goes to the undecodable stream.</exception>
public delegate void RecordCheck<TKey, TValue>(in Record<TKey, TValue> record);

/// <summary>Says whether a record goes on.</summary>
public delegate bool RecordPredicate<TKey, TValue>(in Record<TKey, TValue> record);

/// <summary>Makes one record of one. A result without headers inherits them.</summary>
public delegate Record<TKeyOut, TValueOut> RecordMapper<TKey, TValue, TKeyOut, TValueOut>(in Record<TKey, TValue> record);

/// <summary>Takes something from a record: a new key, an id.</summary>
public delegate TResult RecordSelector<TKey, TValue, TResult>(in Record<TKey, TValue> record);

/// <summary>Looks at a record.</summary>
public delegate void RecordAction<TKey, TValue>(in Record<TKey, TValue> record);

/// <summary>Makes any number of values of a record, handing each to <paramref name="emitter"/>.</summary>
public delegate void FlatValueMapper<TKey, TValue, TValueOut>(in Record<TKey, TValue> record, ValueEmitter<TValueOut> emitter);

/// <summary>Makes a new value for a record.</summary>
public delegate TValueOut ValueMapper<TKey, TValue, TValueOut>(in Record<TKey, TValue> record);

/// <summary>Makes any number of records of one, handing each to <paramref name="emitter"/>.</summary>
public delegate void FlatMapper<TKey, TValue, TKeyOut, TValueOut>(in Record<TKey, TValue> record, Emitter<TKeyOut, TValueOut> emitter);

/// <summary>Gives the partition, from 0 to <paramref name="partitions"/> - 1, of a key; equal keys must give equal partitions.</summary>
public delegate int Partitioner<TKey>(TKey key, int partitions);

/// <summary>Makes one value of two of the same key; must be associative and commutative.</summary>
/// <param name="all">What was combined so far; may be changed and returned.</param>
/// <param name="next">The next value.</param>
public delegate TValue Combiner<TValue>(TValue all, TValue next);
