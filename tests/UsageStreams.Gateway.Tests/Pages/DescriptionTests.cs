using System.Text.Json;
using System.Text.RegularExpressions;
using UsageStreams.Gateway.Tests.Support;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Gateway.Tests.Pages;

public sealed partial class DescriptionTests(FaultyKafka kafka) : IClassFixture<FaultyKafka>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_document_describes_the_routes_that_are_served_and_no_others()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);
        var document = await DocumentAsync(gateway);

        var described = document.GetProperty("paths").EnumerateObject().SelectMany(static path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}")).Order();
        var served = gateway.Server.Routes
            .SelectMany(static route => (route.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => $"{method} /{route.RoutePattern.RawText!.TrimStart('/')}"))
            .Where(static route => route is not ("GET /" or "GET /openapi.json")).Order();

        document.GetProperty("openapi").GetString().ShouldStartWith("3.");
        described.ShouldBe(served);
        described.ShouldBe(["GET /health/live", "GET /health/ready", "POST /events"]);
    }

    [Fact]
    public async Task Every_form_that_is_described_is_taken_as_its_example_says()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);
        var forms = (await DocumentAsync(gateway)).GetProperty("paths").GetProperty("/events").GetProperty("post").GetProperty("requestBody").GetProperty("content").EnumerateObject().ToArray();

        forms.Length.ShouldBe(4);
        foreach (var form in forms)
        {
            var example = form.Value.GetProperty("example");
            var answer = await gateway.SendAsync(example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText(), form.Name);
            answer.Status.ShouldBe(200, $"{form.Name}: {answer.Body}");
        }

        gateway.OnTopic().Length.ShouldBe(4);
    }

    [Fact]
    public async Task Every_answer_that_is_described_can_be_had_in_the_form_that_is_described()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka, new GatewayLimits { MaxEventsPerRequest = 2, EventsPerSecondPerToken = 1 }, static options => options with { DeliveryTimeout = TimeSpan.FromMilliseconds(300) });
        var responses = (await DocumentAsync(gateway)).GetProperty("paths").GetProperty("/events").GetProperty("post").GetProperty("responses");
        const string plain = "application/json";
        List<Answer> answers = [];
        gateway.Admin.Add("slow", null, null, TimeSpan.FromDays(1), out var slow);
        await gateway.UntilAsync(async () => (await gateway.SendAsync("[]", plain, ("Authorization", "Bearer " + slow))).Status == 200);
        answers.Add(await gateway.SendAsync(Json.Plain(2), plain, ("Authorization", "Bearer " + slow)));
        answers.Add(await gateway.SendAsync(Json.Plain(2), plain, ("Authorization", "Bearer " + slow)));
        answers.Add(await gateway.SendAsync($"[{Json.Plain("e")},7]", plain));
        answers.Add(await gateway.SendAsync("{", plain));
        answers.Add(await gateway.SendAsync("{}", plain, ("Authorization", "Bearer none")));
        answers.Add(await gateway.SendAsync(Json.Plain(3), plain));
        answers.Add(await gateway.SendAsync("x", "text/plain"));
        await gateway.UntilAsync(async () => (await gateway.SendAsync("{}", plain)).Status == 422);
        answers.Add(new Answer(422, null, plain, default));
        await kafka.StopAsync();
        await gateway.UntilAsync(async () =>
        {
            var away = await gateway.SendAsync(Json.Plain("late"), plain);
            answers.Add(away);
            return away.Status == 503;
        });
        await kafka.StartAsync();

        foreach (var answer in answers)
        {
            responses.TryGetProperty(answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), out var described).ShouldBeTrue($"{answer.Status} is not described");
            described.GetProperty("content").TryGetProperty(answer.Type!, out _).ShouldBeTrue($"{answer.Status} as {answer.Type} is not described");
        }

        answers.Select(static answer => answer.Status).Distinct().Order().ShouldBe(responses.EnumerateObject().Select(static response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture)).Order());
    }

    [Fact]
    public async Task The_page_says_the_same_and_fetches_nothing()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);

        using var response = await gateway.Client.GetAsync("", _cancellation);
        var page = await response.Content.ReadAsStringAsync(_cancellation);

        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        foreach (var part in (string[])["POST /events", "application/cloudevents-batch+json", "order-4711-line-1", "GET /health/ready", "retracts", "429", "openapi.json"])
            page.ShouldContain(part);
        Outside().Matches(page).Select(static match => match.Value).ShouldBe(["href=\"openapi.json\""]);
        page.ShouldNotContain("<script");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        (await gateway.Client.GetStringAsync("health/live", _cancellation)).ShouldBe("live");
    }

    private async Task<JsonElement> DocumentAsync(GatewayUnderTest gateway) => JsonElement.Parse(await gateway.Client.GetStringAsync("openapi.json", _cancellation));

    [GeneratedRegex("(src|href)=\"[^\"]*\"|url\\([^)]*\\)|@import[^;]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Outside();
}
