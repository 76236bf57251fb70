using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Host.Generate;

/// <summary>Makes the events of a load look like requests to a product.</summary>
internal sealed class EventMaker(string source, ulong seed, Xoshiro random)
{
    private static readonly string[] Features = ["search", "documents", "reports", "api", "exports", "settings", "/"];
    private static readonly string[] Methods = ["GET", "GET", "GET", "POST", "PUT", "DELETE"];

    /// <summary>An event that is counted when its tenant is known.</summary>
    public UsageEvent Make(long index, string tenant, int users, DateTimeOffset time)
    {
        var feature = Features[random.NextInt(Features.Length)];
        return new UsageEvent
        {
            Id = Id(index),
            Source = source,
            Type = "http.request",
            Tenant = tenant,
            User = string.Create(CultureInfo.InvariantCulture, $"{tenant}-user-{random.NextInt(users)}"),
            Product = source,
            Time = time,
            Quantity = random.Chance(0.03) ? null : Size(),
            Properties = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["feature"] = feature,
                ["method"] = Methods[random.NextInt(Methods.Length)],
                ["path"] = feature == "/" ? "/" : "/" + feature,
                ["status"] = Status(),
            },
        };
    }

    /// <summary>An event without an id, a type or a tenant.</summary>
    public UsageEvent MakeInvalid(long index, string tenant, DateTimeOffset time)
    {
        var without = random.NextInt(3);
        return new UsageEvent
        {
            Id = without == 0 ? "" : Id(index),
            Source = source,
            Type = without == 1 ? "" : "http.request",
            Tenant = without == 2 ? "" : tenant,
            Product = source,
            Time = time,
            Quantity = Size(),
            Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = "200" },
        };
    }

    /// <summary>A time to the millisecond, as Avro holds it.</summary>
    public static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private string Id(long index) => string.Create(CultureInfo.InvariantCulture, $"{seed}-{index}");

    // Many small answers, few large ones.
    private decimal Size() => 200 + (long)Math.Exp(14 * random.NextDouble() * random.NextDouble());

    private string Status() => random.NextDouble() switch
    {
        < 0.92 => "200",
        < 0.96 => "304",
        < 0.99 => "404",
        _ => "500",
    };
}
