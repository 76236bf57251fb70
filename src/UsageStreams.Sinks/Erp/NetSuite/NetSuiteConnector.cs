using System.Text.Json;
using UsageStreams.Model;
using UsageStreams.Sinks.Http;
using UsageStreams.Sinks.OAuth;

namespace UsageStreams.Sinks.Erp.NetSuite;

/// <summary>Delivers billing transactions to NetSuite's record API as invoices and credit memos, one a call.</summary>
public sealed class NetSuiteConnector : IConnector<BillingTransaction>
{
    internal const string SystemName = "netsuite";
    private const string Records = "services/rest/record/v1";

    // Without it NetSuite drops a field it does not know and only warns.
    private static readonly Dictionary<string, string> Headers = new() { ["X-NetSuite-PropertyNameValidation"] = "Error" };

    private readonly NetSuiteOptions _options;
    private readonly TimeZoneInfo _zone;
    private readonly HttpClient _http;
    private readonly NetSuiteSignIn _signIn;
    private readonly TokenSource _tokens;
    private readonly ApiClient _api;

    /// <summary>A connector to one account.</summary>
    /// <param name="options">Where and who.</param>
    /// <param name="timeProvider">Clock for tokens; default the system's.</param>
    /// <exception cref="SinkStoppedException">The options are not valid or the key can't be read.</exception>
    public NetSuiteConnector(NetSuiteOptions options, TimeProvider? timeProvider = null)
    {
        var clock = timeProvider ?? TimeProvider.System;
        _options = options.Validated();
        _zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        _http = ApiClient.CreateHttpClient();
        _signIn = new NetSuiteSignIn(_http, options, clock);
        _tokens = new TokenSource(_signIn.RequestAsync, clock);
        _api = new ApiClient(_http, SystemName, _tokens, clock);
    }

    /// <inheritdoc/>
    public string System => SystemName;

    /// <inheritdoc/>
    public int MaxBatch => 1;

    /// <inheritdoc/>
    public int MaxConcurrency => _options.Concurrency;

    /// <inheritdoc/>
    public async Task SignInAsync(CancellationToken cancellationToken) => await _tokens.GetAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Outcome>> SendAsync(
        IReadOnlyList<Delivery<BillingTransaction>> batch, CallCount calls, CancellationToken cancellationToken)
    {
        var outcomes = new List<Outcome>(batch.Count);
        foreach (var delivery in batch) outcomes.Add(await SendAsync(delivery, calls, cancellationToken));
        return outcomes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _signIn.Dispose();
        _http.Dispose();
    }

    // A PUT by external id may be repeated without asking first whether it has happened: NetSuite finds the record it made, and with
    // replace=item the lines become those of the body instead of being appended. A POST or a PUT without replace=item may not.
    private async Task<Outcome> SendAsync(Delivery<BillingTransaction> delivery, CallCount calls, CancellationToken cancellationToken)
    {
        var document = new NetSuiteDocument(delivery.Document, _zone);
        var path = $"{Records}/{document.RecordType}/eid:{document.ExternalId}";
        var call = new ApiCall(HttpMethod.Put, $"{path}?replace=item", document.Body)
        {
            CorrelationId = delivery.CorrelationId, Traceparent = delivery.Traceparent, Headers = Headers,
        };
        var hash = Payload.Hash(document.Body);
        var answer = await _api.CallAsync(call, calls, cancellationToken);
        if (!answer.IsSuccess) return Outcome.Refused(NetSuiteAnswer.Refusal(answer), hash);
        var remoteId = IdIn(answer.Location) ?? await ReadIdAsync(call with { Method = HttpMethod.Get, Path = $"{path}?fields=externalId", Body = null }, calls, cancellationToken);
        return Outcome.Accepted(remoteId, hash);
    }

    private static string? IdIn(Uri? location) => location?.OriginalString.Split('/')[^1] is { Length: > 0 } id ? id : null;

    // NetSuite names the record it made; of one it changed it may say nothing.
    private async Task<string> ReadIdAsync(ApiCall call, CallCount calls, CancellationToken cancellationToken)
    {
        var answer = await _api.CallAsync(call, calls, cancellationToken);
        if (!answer.IsSuccess) throw new TransientSinkException($"NetSuite took a record and then did not show it: {(int)answer.Status} {answer.Words}");
        using var body = JsonDocument.Parse(answer.Body);
        return body.RootElement.GetProperty("id").GetString()!;
    }
}
