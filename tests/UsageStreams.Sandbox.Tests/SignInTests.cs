using System.Net;
using System.Security.Cryptography;

namespace UsageStreams.Sandbox.Tests;

public sealed class SignInTests : SandboxTest
{
    [Fact]
    public async Task A_signed_assertion_gets_a_token_for_an_hour()
    {
        using var answer = await Client.NetSuiteTokenAsync(Client.NetSuiteClaims());
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Client.JsonAsync(answer))["expires_in"]!.GetValue<string>().ShouldBe("3600");
    }

    [Fact]
    public async Task An_assertion_for_another_endpoint_is_refused() => await ShouldBeRefusedAsync("aud", "https://elsewhere.example/token", "invalid_grant");

    [Fact]
    public async Task An_assertion_without_the_scope_is_refused() => await ShouldBeRefusedAsync("scope", "restlets", "invalid_scope");

    [Fact]
    public async Task An_assertion_that_lives_an_hour_is_refused() =>
        await ShouldBeRefusedAsync("exp", Clock.GetUtcNow().ToUnixTimeSeconds() + 3_600, "invalid_grant");

    [Fact]
    public async Task An_assertion_that_has_expired_is_refused()
    {
        var claims = Client.NetSuiteClaims();
        Clock.Now += TimeSpan.FromMinutes(55);
        await ShouldBeRefusedAsync(await Client.NetSuiteTokenAsync(claims), "invalid_grant");
    }

    [Fact]
    public async Task Another_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = Path.Combine(Folder, "other.pem");
        await File.WriteAllTextAsync(path, other.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await ShouldBeRefusedAsync(await Client.NetSuiteTokenAsync(Client.NetSuiteClaims(), path), "invalid_client");
    }

    [Fact]
    public async Task Another_algorithm_is_refused() =>
        await ShouldBeRefusedAsync(await Client.NetSuiteTokenAsync(Client.NetSuiteClaims(), algorithm: "RS256"), "invalid_request");

    [Fact]
    public async Task The_crm_names_its_instance_and_refuses_assertions_that_live_long()
    {
        (await Client.SignInToSalesforceAsync()).ShouldNotStartWith(Server.SalesforceLoginUrl + "/services");
        var claims = Client.SalesforceClaims();
        claims["exp"] = Clock.GetUtcNow().ToUnixTimeSeconds() + 3_000;
        await ShouldBeRefusedAsync(await Client.SalesforceTokenAsync(claims), "invalid_grant");
    }

    [Fact]
    public void Key_files_are_for_their_owner_only()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no file modes.");
        else File.GetUnixFileMode(Server.Credentials.NetSuitePrivateKeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task ShouldBeRefusedAsync(string claim, object value, string error)
    {
        var claims = Client.NetSuiteClaims();
        claims[claim] = value;
        await ShouldBeRefusedAsync(await Client.NetSuiteTokenAsync(claims), error);
    }

    private static async Task ShouldBeRefusedAsync(HttpResponseMessage answer, string error)
    {
        using (answer)
        {
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized);
            (await Client.JsonAsync(answer))["error"]!.GetValue<string>().ShouldBe(error);
        }
    }
}
