using UsageStreams.Model;

namespace UsageStreams.Producer.Tests.Support;

internal static class Events
{
    public static readonly DateTimeOffset Time = new(2026, 5, 17, 10, 5, 3, 250, TimeSpan.Zero);

    public static UsageEvent Of(string id, string tenant = "acme") => new()
    {
        Id = id, Source = "shop", Type = "http.request", Tenant = tenant, User = "ü-\U0001F600", Product = "search", Time = Time, Quantity = 12.5m,
        Properties = new Dictionary<string, string> { ["zone"] = "eu", ["status"] = "200" }, CorrelationId = "request-" + id,
    };
}
