using System.Net.Http.Headers;
using System.Text;

namespace UsageStreams.Avro.Registry;

/// <summary>Where the registry is, apart from who asks: the URL is shown in errors, credentials never.</summary>
internal sealed class RegistryAddress
{
    public RegistryAddress(Uri baseUrl, SchemaRegistryOptions options)
    {
        if (!baseUrl.IsAbsoluteUri || baseUrl.Scheme is not ("http" or "https"))
            throw new ArgumentException("The schema registry's URL must be absolute and start with http:// or https://.", nameof(baseUrl));
        Url = baseUrl.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        Authorization = FindCredentials(baseUrl, options) is { } credentials
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)))
            : null;
    }

    /// <summary>The URL without credentials, query and closing slash.</summary>
    public string Url { get; }

    public AuthenticationHeaderValue? Authorization { get; }

    private static string? FindCredentials(Uri baseUrl, SchemaRegistryOptions options)
    {
        if (options.UserName is { } name)
            return $"{name}:{options.Password}";
        if (baseUrl.UserInfo.Length == 0)
            return null;
        var parts = baseUrl.UserInfo.Split(':', 2);
        return $"{Uri.UnescapeDataString(parts[0])}:{Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "")}";
    }
}
