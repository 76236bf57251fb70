using System.Buffers;
using UsageStreams.Avro;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Judging;

namespace UsageStreams.Topology.Metering.State;

/// <summary>The metrics and products that a task's events are counted by. They follow the reference data when no event was counted yet, or by a recount.</summary>
internal sealed class AppliedRules
{
    private const string MetricPrefix = "metric/";
    private const string ProductPrefix = "product/";

    private readonly KeyValueStore<string, AppliedReference> _store;

    public AppliedRules(KeyValueStore<string, AppliedReference> store)
    {
        _store = store;
        var all = store.All.Select(entry => entry.Value).ToList();
        Judge = new Judge(new Catalogue(all.Select(one => one.Metric).OfType<Metric>()), new ProductList(all.Select(one => one.Product).OfType<Product>()));
    }

    /// <summary>Decides by them.</summary>
    public Judge Judge { get; private set; }

    /// <summary>A judge by the reference data of now; null when that is the present one.</summary>
    public Judge? Next(LiveReferences references)
    {
        var metrics = new Catalogue(references.Metrics);
        var products = new ProductList(references.Products);
        return Same(Judge.Metrics.Metrics, metrics.Metrics) && Same(ById(Judge.Products), ById(products)) ? null : new Judge(metrics, products);
    }

    /// <summary>Judges by others from here on.</summary>
    public void Apply(Judge next)
    {
        var wanted = next.Metrics.Metrics.ToDictionary(Key, static metric => new AppliedReference { Metric = metric }, StringComparer.Ordinal);
        foreach (var product in next.Products.Products) wanted.Add(ProductPrefix + product.Id, new AppliedReference { Product = product });
        var gone = _store.All.Select(entry => entry.Key).Where(key => !wanted.ContainsKey(key)).ToList();
        foreach (var key in gone) _store.Delete(key);
        foreach (var (key, reference) in wanted) _store.Put(key, reference);
        Judge = next;
    }

    /// <summary>Whether two records say the same.</summary>
    public static bool Same<T>(T one, T other)
        where T : IAvroRecord<T> => ReferenceEquals(one, other) || Bytes(one).AsSpan().SequenceEqual(Bytes(other));

    private static bool Same<T>(IReadOnlyList<T> some, IReadOnlyList<T> others)
        where T : IAvroRecord<T> => some.Count == others.Count && some.Zip(others).All(static pair => Same(pair.First, pair.Second));

    private static List<Product> ById(ProductList products) => [.. products.Products.OrderBy(static product => product.Id, StringComparer.Ordinal)];

    private static string Key(Metric metric) => $"{MetricPrefix}{metric.Code}@{metric.Version}";

    private static byte[] Bytes<T>(T record)
        where T : IAvroRecord<T>
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new AvroWriter(buffer);
        T.Write(record, ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
