using System.Net;

namespace UsageStreams.Sandbox.Tests;

public sealed class DurabilityTests : SandboxTest
{
    [Fact]
    public async Task What_was_answered_is_there_after_a_restart()
    {
        await Client.SignInToNetSuiteAsync();
        using var first = await Client.PutInvoiceAsync("UB-1", Invoice);
        var before = Server.Summary.Records;
        var clientId = Server.Credentials.NetSuiteClientId;
        await RestartAsync();
        Server.Summary.Records.ShouldBe(before);
        Server.Summary.Erp.Total.ShouldBe(1.5m);
        Server.Credentials.NetSuiteClientId.ShouldBe(clientId);

        await Client.SignInToNetSuiteAsync();
        using var again = await Client.PutInvoiceAsync("UB-1", Invoice, "?replace=item");
        using var another = await Client.PutInvoiceAsync("UB-2", Invoice);
        Server.Summary.Records.Select(record => (record.Creates, record.Updates)).ShouldBe([(1, 1), (1, 0)]);
        Server.Summary.Records.Select(record => record.RemoteId).ShouldBeUnique();
    }

    [Fact]
    public async Task A_torn_last_line_is_cut_and_the_journal_goes_on()
    {
        await Client.SignInToNetSuiteAsync();
        using var first = await Client.PutInvoiceAsync("UB-1", Invoice);
        await StopAsync();
        var journal = Path.Combine(Folder, "effects.jsonl");
        await File.AppendAllTextAsync(journal, """{"system":"netsuite","obj""", TestContext.Current.CancellationToken);
        await InitializeAsync();
        await Client.SignInToNetSuiteAsync();
        using var second = await Client.PutInvoiceAsync("UB-2", Invoice);
        await RestartAsync();
        Server.Summary.Records.Select(record => record.ExternalId).ShouldBe(["UB-1", "UB-2"]);
    }

    [Fact]
    public async Task A_damaged_line_stops_the_start_by_its_number()
    {
        await StopAsync();
        var journal = Path.Combine(Folder, "effects.jsonl");
        await File.WriteAllTextAsync(journal, "{}\n", TestContext.Current.CancellationToken);
        var error = await Should.ThrowAsync<SandboxException>(InitializeAsync().AsTask());
        error.Message.ShouldContain("Line 1");
        File.Delete(journal);
        await InitializeAsync();
    }

    [Fact]
    public async Task A_second_server_on_the_folder_is_refused()
    {
        var error = await Should.ThrowAsync<SandboxException>(SandboxServer.StartAsync(Options, TestContext.Current.CancellationToken));
        error.Message.ShouldContain("another sandbox");
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var folder = new TemporaryFolder();
        var error = await Should.ThrowAsync<SandboxException>(
            SandboxServer.StartAsync(new SandboxOptions { DataDirectory = folder.Path, Port = Server.Url.Port }, TestContext.Current.CancellationToken));
        error.Message.ShouldContain($"127.0.0.1:{Server.Url.Port}");
    }

    [Fact]
    public async Task All_wrong_options_are_told_at_once()
    {
        var error = await Should.ThrowAsync<SandboxException>(
            SandboxServer.StartAsync(new SandboxOptions { DataDirectory = "", Port = -1, ErpConcurrency = 0 }, TestContext.Current.CancellationToken));
        error.Message.ShouldSatisfyAllConditions(
            text => text.ShouldContain("DataDirectory"), text => text.ShouldContain("Port"), text => text.ShouldContain("ErpConcurrency"));
    }

    [Fact]
    public async Task A_call_without_a_token_is_unauthorised()
    {
        using var answer = await Client.PutInvoiceAsync("UB-1", Invoice);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
