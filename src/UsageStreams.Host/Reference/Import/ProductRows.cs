using UsageStreams.Model;

namespace UsageStreams.Host.Reference.Import;

/// <summary>A product: one row for each SKU it was sold under, with its dates.</summary>
internal static class ProductRows
{
    public static Product Build(RowGroup group) => new()
    {
        Id = group.Id,
        Name = group.MustShared("name"),
        Skus = [.. group.Terms().Select(static term => new SkuMapping { From = term.From, To = term.To, Sku = term.Row.Must("sku") })],
    };

    public static IEnumerable<string?[]> Of(Product product) =>
        product.Skus.Select(sku => new[] { product.Id, product.Name, sku.Sku, CellText.Of(sku.From), CellText.Of(sku.To) });
}
