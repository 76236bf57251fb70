using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Judging;

/// <summary>The products that are sold; immutable. As long as there is none, every product is known.</summary>
internal sealed class ProductList(IEnumerable<Product> products)
{
    private readonly Dictionary<string, Product> _products = products.ToDictionary(static product => product.Id, StringComparer.Ordinal);

    /// <summary>No products.</summary>
    public static ProductList Empty { get; } = new([]);

    /// <summary>All products.</summary>
    public IReadOnlyCollection<Product> Products => _products.Values;

    /// <summary>Whether a product is sold at a time (Unix milliseconds): one without SKUs is at all times, any other while one of them holds.</summary>
    public bool Knows(string id, long time)
    {
        if (_products.Count == 0) return true;
        if (!_products.TryGetValue(id, out var product)) return false;
        if (product.Skus.Count == 0) return true;
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(time);
        foreach (var sku in product.Skus)
        {
            if (Effective.Covers(sku.From, sku.To, instant)) return true;
        }

        return false;
    }
}
