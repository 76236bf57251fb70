using UsageStreams.Model;
using UsageStreams.Sinks.Http;
using UsageStreams.Sinks.OAuth;

namespace UsageStreams.Sinks.Crm.Salesforce;

/// <summary>Delivers signals to Salesforce: health as fields of the account, alerts as tasks of it.</summary>
public sealed class SalesforceConnector : IConnector<CrmSignal>
{
    internal const string SystemName = "salesforce";
    private readonly SalesforceOptions _options;
    private readonly HttpClient _http;
    private readonly SalesforceSignIn _signIn;
    private readonly TokenSource _tokens;
    private readonly CollectionUpsert _upsert;

    /// <summary>A connector to one organisation.</summary>
    /// <param name="options">Where and who.</param>
    /// <param name="timeProvider">Clock for tokens; default the system's.</param>
    /// <exception cref="SinkStoppedException">The options are not valid or the key can't be read.</exception>
    public SalesforceConnector(SalesforceOptions options, TimeProvider? timeProvider = null)
    {
        var clock = timeProvider ?? TimeProvider.System;
        _options = options.Validated();
        _http = ApiClient.CreateHttpClient();
        _signIn = new SalesforceSignIn(_http, options, clock);
        _tokens = new TokenSource(_signIn.RequestAsync, clock);
        _upsert = new CollectionUpsert(new ApiClient(_http, SystemName, _tokens, clock), options);
    }

    /// <inheritdoc/>
    public string System => SystemName;

    /// <inheritdoc/>
    public int MaxBatch => CollectionUpsert.MaxRecords;

    /// <inheritdoc/>
    public int MaxConcurrency => _options.Concurrency;

    /// <inheritdoc/>
    public async Task SignInAsync(CancellationToken cancellationToken) => await _tokens.GetAsync(cancellationToken);

    /// <summary>
    /// Delivers signals. Accounts first, each once: Salesforce refuses the same external id twice in a call, so of several health
    /// signals of an account only the latest is sent. The earlier ones are accepted with the same id: what they would have written,
    /// the latest overwrites. Then the tasks, which need their account's Salesforce id.
    /// </summary>
    /// <inheritdoc/>
    public async Task<IReadOnlyList<Outcome>> SendAsync(IReadOnlyList<Delivery<CrmSignal>> batch, CallCount calls, CancellationToken cancellationToken)
    {
        // A call bears one trace; that of the first signal stands for the batch. Each record has its own correlation id in a field.
        var traced = new ApiCall(HttpMethod.Patch, "") { CorrelationId = batch[0].CorrelationId, Traceparent = batch[0].Traceparent };
        var accounts = await UpsertAsync("Account", Accounts(batch), traced, calls, cancellationToken);

        Dictionary<string, SalesforceRecord> tasks = [];
        foreach (var signal in batch.Select(delivery => delivery.Document))
            if (signal.Body is LimitAlert alert && accounts[signal.CrmAccount].RemoteId is { } accountId)
                tasks[signal.Id] = SalesforceRecord.Task(signal, alert, accountId, _options);
        var tasked = await UpsertAsync("Task", tasks, traced, calls, cancellationToken);
        return [.. batch.Select(delivery => tasked.GetValueOrDefault(delivery.Document.Id) ?? accounts[delivery.Document.CrmAccount])];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _signIn.Dispose();
        _http.Dispose();
    }

    private Dictionary<string, SalesforceRecord> Accounts(IReadOnlyList<Delivery<CrmSignal>> batch)
    {
        Dictionary<string, CrmSignal> latest = [];
        foreach (var signal in batch.Select(delivery => delivery.Document))
        {
            // An alert alone still makes sure that its account is there, but does not hide a health signal.
            if (signal.Body is AccountHealth) latest[signal.CrmAccount] = signal;
            else latest.TryAdd(signal.CrmAccount, signal);
        }

        return latest.ToDictionary(entry => entry.Key, entry => SalesforceRecord.Account(entry.Value, _options));
    }

    private async Task<Dictionary<string, Outcome>> UpsertAsync(
        string type, Dictionary<string, SalesforceRecord> records, ApiCall traced, CallCount calls, CancellationToken cancellationToken)
    {
        if (records.Count == 0) return [];
        List<SalesforceRecord> list = [.. records.Values];
        var results = await _upsert.RunAsync(type, list, traced, calls, cancellationToken);
        return list.Zip(results).ToDictionary(
            pair => pair.First.ExternalId,
            pair => pair.Second is { Id: { } id }
                ? Outcome.Accepted(id, Payload.Hash(pair.First.Json))
                : Outcome.Refused(pair.Second.Error ?? "Salesforce gave no reason.", Payload.Hash(pair.First.Json)));
    }
}
