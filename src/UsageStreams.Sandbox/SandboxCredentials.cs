using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Sandbox;

/// <summary>
/// Who may call the sandbox: made at its first start in the data folder and kept there, readable by its owner only.
/// A worker is configured with the ids and the paths; no key leaves its file.
/// </summary>
public sealed record SandboxCredentials
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Client id of the ERP's integration record.</summary>
    public required string NetSuiteClientId { get; init; }

    /// <summary>Certificate id, the <c>kid</c> of the ERP's assertions.</summary>
    public required string NetSuiteCertificateId { get; init; }

    /// <summary>PEM file with the EC P-256 private key for the ERP's assertions (ES256).</summary>
    public required string NetSuitePrivateKeyPath { get; init; }

    /// <summary>Consumer key of the CRM's connected app.</summary>
    public required string SalesforceClientId { get; init; }

    /// <summary>User in whose name the CRM is called.</summary>
    public required string SalesforceUsername { get; init; }

    /// <summary>PEM file with the RSA private key for the CRM's assertions (RS256).</summary>
    public required string SalesforcePrivateKeyPath { get; init; }

    /// <summary>Reads the folder's credentials, making them first when there are none.</summary>
    /// <exception cref="SandboxException">What is there can't be read.</exception>
    public static SandboxCredentials LoadOrCreate(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = PathOf(directory);
        if (!File.Exists(path)) Create(directory, path);
        return Load(directory);
    }

    /// <summary>Reads the credentials that a sandbox made, for whoever calls it.</summary>
    /// <exception cref="SandboxException">There are none in the folder, or they can't be read.</exception>
    public static SandboxCredentials Load(string directory)
    {
        var path = PathOf(directory);
        if (!File.Exists(path))
            throw new SandboxException($"There are no sandbox credentials in {directory}. Give the folder that the sandbox names at its start.");
        try
        {
            var ids = JsonSerializer.Deserialize<StoredIds>(File.ReadAllText(path), SandboxJson.Options)
                ?? throw new JsonException("The file holds null.");
            return new SandboxCredentials
            {
                NetSuiteClientId = ids.NetSuiteClientId,
                NetSuiteCertificateId = ids.NetSuiteCertificateId,
                NetSuitePrivateKeyPath = NetSuiteKey(directory),
                SalesforceClientId = ids.SalesforceClientId,
                SalesforceUsername = ids.SalesforceUsername,
                SalesforcePrivateKeyPath = SalesforceKey(directory),
            };
        }
        catch (JsonException error)
        {
            throw new SandboxException($"The sandbox's credentials in {path} can't be read: {error.Message} Remove the file to have new ones made.", error);
        }
    }

    private static string PathOf(string directory) => Path.Combine(directory, "credentials.json");

    private static string NetSuiteKey(string directory) => Path.Combine(directory, "netsuite-key.pem");

    private static string SalesforceKey(string directory) => Path.Combine(directory, "salesforce-key.pem");

    private static void Create(string directory, string path)
    {
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        Write(NetSuiteKey(directory), elliptic.ExportPkcs8PrivateKeyPem());
        Write(SalesforceKey(directory), rsa.ExportPkcs8PrivateKeyPem());
        var ids = new StoredIds(
            RandomNumberGenerator.GetHexString(32, lowercase: true),
            RandomNumberGenerator.GetHexString(16, lowercase: true),
            RandomNumberGenerator.GetHexString(32, lowercase: true),
            "usage-sync@sandbox.invalid");

        // Last, so that a half-made set is made again.
        Write(path, JsonSerializer.Serialize(ids, SandboxJson.Options));
    }

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private sealed record StoredIds(string NetSuiteClientId, string NetSuiteCertificateId, string SalesforceClientId, string SalesforceUsername);
}
