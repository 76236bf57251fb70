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

    public static GeneratedTenant[] Of(GenerateOptions options, Xoshiro random)
    {
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

    private static string Name(string source, string kind, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{source}-{kind}-{number:00000}");
}
