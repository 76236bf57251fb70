namespace UsageStreams.Sandbox.Tests;

/// <summary>A sandbox on a folder of its own, which a test may stop and start again.</summary>
public abstract class SandboxTest : IAsyncLifetime
{
    private protected const string Invoice = """
        {"entity":{"externalId":"CUST-1"},"tranDate":"2026-07-31","item":{"items":[{"item":{"externalId":"SKU-1"},"quantity":3,"rate":0.5,"amount":1.5}]}}
        """;

    private readonly TemporaryFolder _folder = new();

    private protected FixedClock Clock { get; } = new();

    private protected SandboxServer Server { get; private set; } = null!;

    private protected Client Client { get; private set; } = null!;

    private protected string Folder => _folder.Path;

    private protected virtual SandboxOptions Options => new() { DataDirectory = _folder.Path, TimeProvider = Clock };

    public async ValueTask InitializeAsync()
    {
        Server = await SandboxServer.StartAsync(Options, TestContext.Current.CancellationToken);
        Client = new Client(Server, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task RestartAsync()
    {
        await StopAsync();
        await InitializeAsync();
    }

    private protected async Task StopAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
