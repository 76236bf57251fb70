using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Oracle.Load;

/// <summary>Makes events: requests, gauges and jobs, of many tenants and two sources.</summary>
internal sealed class EventMaker(Random random, Features features)
{
    public const string Request = "http.request";
    public const string Gauge = "seats.used";
    public const string Job = "job.run";
    public const string Nobody = "telemetry.ping";

    public static readonly string[] KnownProducts = ["search", "docs"];
    public const string NewProduct = "labs";

    private static readonly string[] Sources = ["web", "api"];
    private static readonly string[] PropertyFeatures = ["search", "export", "editor"];
    private static readonly string[] Statuses = ["200", "200", "200", "304", "404", "500"];

    // Ids are counted per tenant and source: the same id means another event elsewhere.
    private readonly Dictionary<(string Tenant, string Source), int> _ids = [];

    /// <summary>An event that never was before.</summary>
    public UsageEvent Make(long time)
    {
        var tenant = random.Next(100) < 1 ? World.Strangers[random.Next(World.Strangers.Length)] : $"t{random.Next(World.Tenants)}";
        var source = Sources[random.Next(Sources.Length)];
        var type = TypeOf(random.Next(1000));
        return new UsageEvent
        {
            Id = NextId(tenant, source),
            Source = source,
            Type = type,
            Tenant = tenant,
            User = random.Next(20) == 0 ? null : $"u{random.Next(12)}",
            Workspace = $"w{random.Next(6)}",
            Product = features.HasFlag(Features.Products) && random.Next(100) == 0 ? NewProduct : KnownProducts[random.Next(KnownProducts.Length)],
            Time = LoadClock.Time(time),
            Quantity = QuantityOf(type),
            Properties = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["status"] = Statuses[random.Next(Statuses.Length)],
                ["feature"] = PropertyFeatures[random.Next(PropertyFeatures.Length)],
            },
        };
    }

    /// <summary>Of one tenant in five the second source has another partitioner: what repeats or takes back an event comes from its source, and so to its partition.</summary>
    public static bool IsSentAstray(UsageEvent usage) => usage.Source == Sources[1] && usage.Tenant[^1] is '0' or '3';

    /// <summary>Another id of the same tenant and source.</summary>
    public string NextId(string tenant, string source)
    {
        var next = _ids.GetValueOrDefault((tenant, source));
        _ids[(tenant, source)] = next + 1;
        return next.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The same id with something else in it.</summary>
    public UsageEvent Conflicting(UsageEvent usage) => random.Next(3) switch
    {
        0 => usage with { Quantity = (usage.Quantity ?? 0) + 1 },
        1 => usage with { Time = usage.Time.AddMilliseconds(-1 - random.Next(100_000)) },
        _ => usage with { User = "another" },
    };

    /// <summary>A number of up to nine digits after the point.</summary>
    public decimal Number() => random.Next(1_000_000_000) / (decimal)Math.Pow(10, random.Next(10));

    private decimal? QuantityOf(string type) => type switch
    {
        Request => random.Next(20) == 0 ? null : Number(),
        Gauge => random.Next(500),
        _ => null,
    };

    private string TypeOf(int dice) => dice switch
    {
        < 10 when features.HasFlag(Features.MetricVersions) => Job,
        < 13 => Nobody,
        < 300 when features.HasFlag(Features.Aggregations) => Gauge,
        _ => Request,
    };
}
