using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using UsageStreams.Integration.Chain;

namespace UsageStreams.Integration.Metering;

/// <summary>The gateway in a process of its own, and a producer that sends by HTTP.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private RunningGateway(Process process, HttpClient client) => (_process, _client) = (process, client);

    public static async Task<RunningGateway> StartAsync(string folder, string[] options)
    {
        var tokens = Path.Combine(folder, "tokens.json");
        var added = await UsageStreamsCommand.RunAsync("gateway", "token", "add", "story", "--any", "--tokens", tokens);
        added.ExitCode.ShouldBe(0, added.Errors);
        var process = UsageStreamsCommand.Start(["gateway", "--child", "--tokens", tokens, "--listen", "127.0.0.1:0", .. options]);
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        line.ShouldNotBeNull().ShouldStartWith("gateway  http://");
        var client = new HttpClient { BaseAddress = new Uri(line["gateway".Length..].Trim()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", added.Output.Trim());
        return new RunningGateway(process, client);
    }

    /// <summary>Sends events, all of which it must accept.</summary>
    public async Task SendAsync(params string[] events)
    {
        using var body = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri("events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(200, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
