using UsageStreams.Host.Commands;

namespace UsageStreams.Host.Tests.Commands;

public sealed class GatewayCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usagestreams-gateway-");

    private string Tokens => Path.Combine(_folder.FullName, "tokens.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_token_is_printed_once_listed_without_its_secret_and_revoked()
    {
        var added = await RunAsync("gateway", "token", "add", "shop eu", "--tenant", "acme", "--tenant", "globex", "--source", "shop", "--days", "30", "--tokens", Tokens);
        var listed = await RunAsync("gateway", "token", "list", "--tokens", Tokens);
        var revoked = await RunAsync("gateway", "token", "revoke", "shop eu", "--tokens", Tokens);
        var empty = await RunAsync("gateway", "token", "list", "--tokens", Tokens);

        var token = added.Output.Trim();
        token.ShouldStartWith("ust_");
        added.Error.ShouldContain("'shop eu' for tenants acme globex, sources shop");
        listed.Output.ShouldContain("shop eu");
        listed.Output.ShouldContain("tenants acme globex");
        (listed.Output + listed.Error + added.Error + await File.ReadAllTextAsync(Tokens + ".audit", TestContext.Current.CancellationToken)).ShouldNotContain(token[21..]);
        revoked.Code.ShouldBe(ExitCodes.Done);
        empty.Output.ShouldBeEmpty();
        File.ReadLines(Tokens + ".audit").Count().ShouldBe(8);
    }

    [Theory]
    [InlineData(ExitCodes.Usage, "Say what the token may send", "gateway", "token", "add", "shop")]
    [InlineData(ExitCodes.Usage, "Say what the token may send", "gateway", "token", "add", "shop", "--any", "--tenant", "acme")]
    [InlineData(ExitCodes.Usage, "--days is 0: it takes 1 to 3650.", "gateway", "token", "add", "shop", "--any", "--days", "0")]
    [InlineData(ExitCodes.Machine, "There is no token 'nobody'", "gateway", "token", "revoke", "nobody")]
    [InlineData(ExitCodes.Usage, "'nowhere' is no address with a port", "gateway", "--listen", "nowhere")]
    [InlineData(ExitCodes.Usage, "--certificate-key belongs to --certificate", "gateway", "--certificate-key", "none.pem")]
    [InlineData(ExitCodes.Usage, "--certificate none.pem can't be used", "gateway", "--certificate", "none.pem")]
    [InlineData(ExitCodes.Machine, "whoever is on the way reads the tokens", "gateway", "--listen", "0.0.0.0:0")]
    public async Task What_makes_no_sense_is_told_before_anything_is_done(int code, string expected, params string[] line)
    {
        string[] whole = line is [_, "token", ..] or ["gateway", "--listen", "0.0.0.0:0"] ? [.. line, "--tokens", Tokens] : line;

        var run = await RunAsync(whole);

        run.Error.ShouldContain(expected);
        run.Code.ShouldBe(code);
        run.Output.ShouldBeEmpty();
        File.Exists(Tokens).ShouldBeFalse();
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandRunner.RunAsync(line, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
