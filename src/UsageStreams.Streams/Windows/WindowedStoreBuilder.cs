using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Windows;

/// <summary>A typed handle of a store of windows or sessions. Immutable: each <c>With…</c> gives another handle, which is the one to use from there on.</summary>
public abstract class WindowedStoreBuilder<TKey, TValue> : StoreBuilder
    where TKey : notnull
{
    private protected WindowedStoreBuilder(StoreBuilder<Windowed<TKey>, TValue> store)
        : base(store.Name, new StorePlacement(null, store.IsOnDisk, null)) => Store = store;

    private protected StoreBuilder<Windowed<TKey>, TValue> Store { get; }

    internal override string? Problem => typeof(TKey).IsArray
        ? $"Store '{Name}' has {typeof(TKey).Name} as key, and arrays are equal only to themselves. Use a record struct or text."
        : null;

    internal override bool NeedsTime => true;

    internal override StateStore Create() => Store.Create();

    private protected KeyValueStore<Windowed<TKey>, TValue> In(StreamTask task) => (KeyValueStore<Windowed<TKey>, TValue>)task.Store(this);
}

/// <summary>A typed handle of a <see cref="WindowStore{TKey, TValue}"/>.</summary>
public sealed class WindowStoreBuilder<TKey, TValue> : WindowedStoreBuilder<TKey, TValue>
    where TKey : notnull
{
    private readonly long _length;
    private readonly long _retention;

    internal WindowStoreBuilder(StoreBuilder<Windowed<TKey>, TValue> store, long length, long retention)
        : base(store) => (_length, _retention) = (length, retention);

    /// <summary>The same store with its values on disk; keys and windows stay in memory. See <see cref="StoreBuilder{TKey, TValue}.OnDisk"/>.</summary>
    public WindowStoreBuilder<TKey, TValue> OnDisk() => new(Store.OnDisk(), _length, _retention);

    internal WindowStore<TKey, TValue> Of(StreamTask task) => task.View(this, () => new WindowStore<TKey, TValue>(In(task), task, _length, _retention));
}

/// <summary>A typed handle of a <see cref="SessionStore{TKey, TValue}"/>.</summary>
public sealed class SessionStoreBuilder<TKey, TValue> : WindowedStoreBuilder<TKey, TValue>
    where TKey : notnull
{
    private readonly long _retention;

    internal SessionStoreBuilder(StoreBuilder<Windowed<TKey>, TValue> store, long retention)
        : base(store) => _retention = retention;

    /// <summary>The same store with its values on disk; keys and sessions stay in memory. See <see cref="StoreBuilder{TKey, TValue}.OnDisk"/>.</summary>
    public SessionStoreBuilder<TKey, TValue> OnDisk() => new(Store.OnDisk(), _retention);

    internal SessionStore<TKey, TValue> Of(StreamTask task) => task.View(this, () => new SessionStore<TKey, TValue>(In(task), task, _retention));
}
