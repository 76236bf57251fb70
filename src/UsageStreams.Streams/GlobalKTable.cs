using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Streams;

/// <summary>A handle of a global table: all partitions of a compacted topic, on every instance, restored before the first record.</summary>
public abstract class GlobalKTable
{
    private protected GlobalKTable(string name, string topic)
    {
        Name = name;
        Topic = topic;
    }

    /// <summary>Name of the table.</summary>
    public string Name { get; }

    /// <summary>The topic that it follows.</summary>
    public string Topic { get; }

    internal abstract TableView CreateView();
}

/// <summary>A typed handle of a global table.</summary>
public sealed class GlobalKTable<TKey, TValue> : GlobalKTable
    where TKey : notnull
{
    private readonly Consumed<TKey, TValue> _consumed;

    internal GlobalKTable(string topic, Consumed<TKey, TValue> consumed)
        : base(consumed.Name ?? topic, topic) => _consumed = consumed;

    internal override TableView CreateView() => new TableView<TKey, TValue>(Name, _consumed.KeySerde, _consumed.ValueSerde);
}

/// <summary>The content of a global table, as far as it was read.</summary>
public abstract class TableView
{
    private protected TableView(string name) => Name = name;

    /// <summary>Name of the table.</summary>
    public string Name { get; }

    /// <summary>Number of keys.</summary>
    public abstract int Count { get; }

    /// <summary>Grows with every record read: whoever keeps something derived from the table sees whether it changed.</summary>
    public long Version { get; private protected set; }

    internal abstract void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted);
}

/// <summary>The typed content of a global table. It changes between batches of records, never while a record is processed.</summary>
public sealed class TableView<TKey, TValue> : TableView
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _values = [];
    private readonly ISerde<TKey> _keySerde;
    private readonly ISerde<TValue> _valueSerde;

    internal TableView(string name, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
        : base(name)
    {
        _keySerde = keySerde;
        _valueSerde = valueSerde;
    }

    /// <inheritdoc/>
    public override int Count => _values.Count;

    /// <summary>Every key and value, in no particular order.</summary>
    public IReadOnlyDictionary<TKey, TValue> All => _values;

    /// <summary>Looks a key up.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    /// <summary>The value of a key, or the type's default.</summary>
    public TValue? Get(TKey key) => _values.GetValueOrDefault(key);

    internal override void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted)
    {
        TKey k = _keySerde.Deserialize(key);
        if (deleted)
            _values.Remove(k);
        else
            _values[k] = _valueSerde.Deserialize(value);
        Version++;
    }
}
