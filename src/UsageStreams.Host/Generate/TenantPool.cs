using System.Globalization;

namespace UsageStreams.Host.Generate;

/// <summary>A tenant of a generated load.</summary>
/// <param name="Id">The tenant.</param>
/// <param name="Account">The account it belongs to.</param>
/// <param name="Zone">Index into <see cref="TenantPool.ZoneOffsets"/>.</param>
/// <param name="Users">How many users it has.</param>
internal sealed record GeneratedTenant(string Id, string Account, int Zone, int Users);

/// <summary>The tenants of a generated load by rank: the first has the most traffic. One to three of them share an account.</summary>
internal static class TenantPool
{
    /// <summary>Hours east of UTC of the zones that tenants live in.</summary>
    public static readonly int[] ZoneOffsets = [-8, -5, 0, 1, 1, 5, 9];

    /// <summary>The tenants of a source: the same ones whatever the seed of the load is, so that several loads can follow each other.</summary>
    public static GeneratedTenant[] Of(GenerateOptions options)
    {
        var random = new Xoshiro(Seed(options.Source));
        var tenants = new GeneratedTenant[options.Tenants];
        var account = 0;
        var left = 0;
        for (var rank = 0; rank < tenants.Length; rank++)
        {
            if (left == 0)
            {
                account++;
                left = 1 + random.NextInt(3);
            }

            left--;
            tenants[rank] = new GeneratedTenant(
                Name(options.Source, "tenant", rank + 1), Name(options.Source, "account", account),
                random.NextInt(ZoneOffsets.Length), 1 + random.NextInt(options.UsersPerTenant));
        }

        return tenants;
    }

    // FNV-1a.
    private static ulong Seed(string source)
    {
        var hash = 0xcbf29ce484222325UL;
        foreach (var character in source)
            hash = (hash ^ character) * 0x100000001b3UL;
        return hash;
    }

    private static string Name(string source, string kind, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{source}-{kind}-{number:00000}");
}
