using System.Globalization;

namespace UsageStreams.Model;

public sealed partial record UsageException
{
    /// <summary>The id of what a partition says about a tenant, a kind and a reason. The tenant comes last: it alone may hold any character.</summary>
    public static string IdOf(int partition, string tenant, ExceptionKind kind, string reason) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition}/{kind.Code()}/{reason}/{tenant}");
}
