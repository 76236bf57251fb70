using UsageStreams.Gateway.Tests.Support;
using UsageStreams.Gateway.Tokens;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Gateway.Tests.Tokens;

public sealed class TokenTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    private const string Plain = "application/json";

    [Fact]
    public async Task Without_a_token_that_is_known_and_in_force_nothing_is_taken()
    {
        var time = new ManualTime();
        await using var gateway = await GatewayUnderTest.StartAsync(kafka, time: time);
        async Task<(int, string)> Send(string authorization)
        {
            var answer = await gateway.SendAsync(Json.Plain("e1"), Plain, ("Authorization", authorization));
            return (answer.Status, answer.Code);
        }

        gateway.Client.DefaultRequestHeaders.Authorization = null;
        var none = await gateway.SendAsync(Json.Plain("e1"), Plain);
        (none.Status, none.Code).ShouldBe((401, "missing-token"));
        (await Send("Basic dTpw")).ShouldBe((401, "missing-token"));
        (await Send("Bearer ")).ShouldBe((401, "missing-token"));
        (await Send("Bearer x")).ShouldBe((401, "unknown-token"));
        (await Send("Bearer " + gateway.Token[..^1])).ShouldBe((401, "unknown-token"));
        (await Send("Bearer " + gateway.Token[..20] + gateway.Token[20..].ToUpperInvariant())).ShouldBe((401, "unknown-token"));
        (await Send("Bearer ust_0000000000000000_" + gateway.Token[21..])).ShouldBe((401, "unknown-token"));
        time.Advance(TimeSpan.FromDays(1));
        (await Send("Bearer " + gateway.Token)).ShouldBe((401, "expired-token"));

        gateway.OnTopic().ShouldBeEmpty();
        string.Join('\n', gateway.Log).ShouldNotContain(gateway.Token[21..]);
    }

    [Fact]
    public async Task A_token_sends_for_its_tenants_and_sources_only()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);
        gateway.Admin.Add("acme", ["acme", "globex"], ["shop"], TimeSpan.FromDays(1), out var token);
        await gateway.UntilAsync(async () => (await gateway.SendAsync("[]", Plain, ("Authorization", "Bearer " + token))).Status == 200);

        var answer = await gateway.SendAsync(
            $"[{Json.Plain("e1")},{Json.Plain("e2", tenant: "globex")},{Json.Plain("e3", tenant: "initech")},{Json.Plain("e4", source: "web")}]", Plain, ("Authorization", "Bearer " + token));

        answer.Codes.ShouldBe([null, null, "forbidden-tenant", "forbidden-source"]);
        gateway.OnTopic().Select(static usage => usage.Id).ShouldBe(["e1", "e2"]);
    }

    [Fact]
    public async Task A_change_of_the_file_is_taken_over_and_one_that_makes_no_sense_is_not()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);
        gateway.Admin.Add("second", null, null, TimeSpan.FromDays(1), out var second);
        await gateway.UntilAsync(async () => (await gateway.SendAsync("[]", Plain, ("Authorization", "Bearer " + second))).Status == 200);

        gateway.Admin.Revoke("everyone");
        await gateway.UntilAsync(async () => (await gateway.SendAsync("[]", Plain)).Status == 401);
        var good = await File.ReadAllTextAsync(gateway.TokensFile, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(gateway.TokensFile, good[..^20], TestContext.Current.CancellationToken);
        await gateway.UntilAsync(async () =>
        {
            (await gateway.SendAsync("[]", Plain, ("Authorization", "Bearer " + second))).Status.ShouldBe(200);
            return gateway.Log.Any(static line => line.Contains("The tokens before the change stay in force"));
        });
    }

    [Fact]
    public void What_is_kept_and_audited_tells_who_did_what_and_no_secret()
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-tokens-");
        var (file, audit) = (Path.Combine(folder.FullName, "tokens.json"), Path.Combine(folder.FullName, "audit.log"));
        var admin = new TokenAdmin(file, audit, new ManualTime());

        var entry = admin.Add("shop", ["acme"], null, TimeSpan.FromDays(30), out var token);
        admin.Add("web", null, ["web"], TimeSpan.FromDays(30), out var other);
        Should.Throw<GatewayException>(() => admin.Add("shop", null, null, TimeSpan.FromDays(1), out _)).Message.ShouldContain("already");
        admin.List().Select(static known => known.Name).ShouldBe(["shop", "web"]);
        admin.Revoke("web");
        Should.Throw<GatewayException>(() => admin.Revoke("web")).Message.ShouldContain("no token 'web'");

        entry.Expires.ShouldBe(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
        token.ShouldNotBe(other);
        token.Length.ShouldBe(4 + 16 + 1 + 43);
        var kept = File.ReadAllText(file) + File.ReadAllText(audit);
        kept.ShouldNotContain(token[21..]);
        kept.ShouldNotContain(other[21..]);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(audit).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.ReadLines(audit).Select(static line => System.Text.Json.JsonElement.Parse(line)).Select(static line =>
            $"{line.GetProperty("action")} {(line.TryGetProperty("token", out var name) ? name.ToString() : "")} {line.GetProperty("outcome").ToString().Split(':')[0]}").ShouldBe(
        [
            "add shop begun", "add shop done", "add web begun", "add web done", "add shop begun", "add shop refused", "list  begun", "list  done",
            "revoke web begun", "revoke web done", "revoke web begun", "revoke web refused",
        ]);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void What_can_not_be_audited_is_not_done()
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-tokens-");
        var file = Path.Combine(folder.FullName, "tokens.json");

        Should.Throw<GatewayException>(() => new TokenAdmin(file, folder.FullName, TimeProvider.System).Add("shop", null, null, TimeSpan.FromDays(1), out _)).Message.ShouldContain("audit log");

        File.Exists(file).ShouldBeFalse();
        folder.Delete(recursive: true);
    }
}
