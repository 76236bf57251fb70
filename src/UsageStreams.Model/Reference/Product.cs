namespace UsageStreams.Model;

public sealed partial record Product
{
    /// <summary>The SKU the product was sold under at an instant, or null when it had none.</summary>
    public string? SkuAt(DateTimeOffset time)
    {
        foreach (var sku in Skus)
        {
            if (Effective.Covers(sku.From, sku.To, time)) return sku.Sku;
        }

        return null;
    }
}
