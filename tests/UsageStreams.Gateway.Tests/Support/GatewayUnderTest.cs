using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using UsageStreams.Gateway.Tokens;
using UsageStreams.Model;
using UsageStreams.Producer;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Gateway.Tests.Support;

/// <summary>A gateway on a free port, with a topic of its own and a token that may send anything.</summary>
internal sealed class GatewayUnderTest : IAsyncDisposable
{
    private readonly TestKafka _kafka;
    private readonly string _folder;
    private readonly UsageProducer _producer;
    private readonly ILoggerFactory _logs;

    private GatewayUnderTest(TestKafka kafka, string folder, string topic, UsageProducer producer, TokenAdmin admin, ILoggerFactory logs)
    {
        (_kafka, _folder, Topic, _producer, Admin, _logs) = (kafka, folder, topic, producer, admin, logs);
        Token = "";
    }

    public string Topic { get; }

    public TokenAdmin Admin { get; }

    public string Token { get; private set; }

    public string TokensFile => Path.Combine(_folder, "tokens.json");

    public string AuditFile => Path.Combine(_folder, "audit.log");

    public GatewayServer Server { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Events on their way to Kafka.</summary>
    public int Queued => _producer.Queued;

    public static async Task<GatewayUnderTest> StartAsync(
        TestKafka kafka, GatewayLimits? limits = null, Func<UsageProducerOptions, UsageProducerOptions>? producing = null, TimeProvider? time = null, int partitions = 1)
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-gateway-").FullName;
        var topic = await kafka.CreateTopicAsync(partitions);
        var options = kafka.Options(topic) with { MaxQueuedEvents = 100_000 };
        var producer = await UsageProducer.ConnectAsync(producing?.Invoke(options) ?? options, TestContext.Current.CancellationToken);
        var admin = new TokenAdmin(Path.Combine(folder, "tokens.json"), Path.Combine(folder, "audit.log"), time ?? TimeProvider.System);
        GatewayUnderTest? started = null;
        var logs = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddProvider(new LogLines(text => started?.Log.Enqueue(text))));
        started = new GatewayUnderTest(kafka, folder, topic, producer, admin, logs);
        admin.Add("everyone", null, null, TimeSpan.FromDays(1), out var token);
        started.Token = token;
        started.Server = await GatewayServer.StartAsync(
            new GatewayOptions { TokensFile = started.TokensFile, Listen = new(System.Net.IPAddress.Loopback, 0), Limits = limits ?? new(), TimeProvider = time ?? TimeProvider.System },
            producer, logs, TestContext.Current.CancellationToken);
        started.Client = new HttpClient { BaseAddress = started.Server.Url };
        started.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return started;
    }

    public async Task<Answer> SendAsync(string body, string? type, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "events") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (type is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type).ShouldBeTrue();
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.OfAsync(response);
    }

    /// <summary>The status of the readiness check.</summary>
    public async Task<int> ReadyAsync()
    {
        using var response = await Client.GetAsync("health/ready", TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>Asks again and again, for a minute at most.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromMinutes(1), $"it did not come about; the log says: {string.Join('\n', Log)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What stands on the topic, decoded.</summary>
    public UsageEvent[] OnTopic() => [.. _kafka.Read(Topic).Select(record => _kafka.Decode(record.Message.Value))];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await _producer.DisposeAsync();
        _logs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class LogLines(Action<string> write) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => write(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}

/// <summary>What the gateway answered.</summary>
internal sealed record Answer(int Status, TimeSpan? RetryAfter, string? Type, JsonElement Body)
{
    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(
            (int)response.StatusCode, response.Headers.RetryAfter?.Delta, response.Content.Headers.ContentType?.MediaType,
            text.StartsWith('{') ? JsonElement.Parse(text) : default);
    }

    public JsonElement[] Results => [.. Body.GetProperty("results").EnumerateArray()];

    public string Code => Body.GetProperty("code").GetString()!;

    public string Detail => Body.GetProperty("detail").GetString()!;

    public string?[] Codes => [.. Results.Select(static result => result.TryGetProperty("code", out var code) ? code.GetString() : null)];

    public string[] Statuses => [.. Results.Select(static result => result.GetProperty("status").GetString()!)];
}
