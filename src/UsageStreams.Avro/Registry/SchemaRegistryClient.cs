using System.Collections.Concurrent;
using System.Text.Json;

namespace UsageStreams.Avro.Registry;

/// <summary>
/// Client of a Confluent-compatible schema registry. Calls are synchronous, for they are made on stream threads, seldom; ids and schemas are
/// kept for ever, since neither ever changes its meaning. Safe to share between threads.
/// </summary>
/// <remarks>
/// Every call throws <see cref="SchemaRegistryException"/> where the registry cannot be reached or refuses, after
/// <see cref="SchemaRegistryOptions.Attempts"/> where trying again may help.
/// </remarks>
public sealed class SchemaRegistryClient : IDisposable
{
    // Bytes that are no record may look like a record of any id; each of them must not become a request.
    private const int MaxUnknownIds = 10_000;
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(30);

    private readonly RegistryTransport _transport;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<int, AvroSchema> _schemas = new();
    private readonly ConcurrentDictionary<int, long> _unknown = new();
    private readonly ConcurrentDictionary<(string Subject, string Schema), int> _ids = new();

    /// <summary>Creates a client; nothing is sent yet.</summary>
    /// <param name="baseUrl">URL of the registry; may have a path, and user and password before the host.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">The URL is not an absolute http or https one, or a setting is out of its range.</exception>
    public SchemaRegistryClient(Uri baseUrl, SchemaRegistryOptions? options = null)
    {
        options ??= new SchemaRegistryOptions();
        _transport = new RegistryTransport(baseUrl, options);
        _timeProvider = options.TimeProvider;
    }

    /// <summary>The registry's URL, without credentials.</summary>
    public string Url => _transport.Url;

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _transport.Dispose();

    /// <summary>Asks for anything, to see that the registry answers.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    public void Ping(CancellationToken cancellation = default) => Send(new(HttpMethod.Get, "/schemas/types"), cancellation);

    /// <summary>Registers a schema, or finds it where it is registered already.</summary>
    /// <param name="subject">The subject, such as <c>usage.events-value</c>.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The schema's id.</returns>
    /// <exception cref="IncompatibleSchemaException">It does not go with the subject's versions.</exception>
    public int Register(string subject, AvroSchema schema, CancellationToken cancellation = default)
    {
        var text = schema.ToJson();
        if (_ids.TryGetValue((subject, text), out var known))
            return known;
        var answer = Send(new(HttpMethod.Post, $"/subjects/{Escape(subject)}/versions") { Body = Body(text), Subject = subject }, cancellation);
        var id = Member(answer, "id").GetInt32();
        _ids[(subject, text)] = id;
        _schemas.TryAdd(id, schema);
        return id;
    }

    /// <summary>Looks for a schema in a subject.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The version it is, or null when it is not in the subject.</returns>
    public RegisteredSchema? Lookup(string subject, AvroSchema schema, CancellationToken cancellation = default)
    {
        var request = new RegistryRequest(HttpMethod.Post, $"/subjects/{Escape(subject)}") { Body = Body(schema.ToJson()), MayBeMissing = true };
        return _transport.Send(request, cancellation) is { } answer
            ? new RegisteredSchema(subject, Member(answer, "version").GetInt32(), Member(answer, "id").GetInt32(), schema)
            : null;
    }

    /// <summary>The latest version of a subject.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The version, or null when there is no such subject.</returns>
    public RegisteredSchema? GetLatest(string subject, CancellationToken cancellation = default)
    {
        var request = new RegistryRequest(HttpMethod.Get, $"/subjects/{Escape(subject)}/versions/latest") { MayBeMissing = true };
        if (_transport.Send(request, cancellation) is not { } answer)
            return null;
        var id = Member(answer, "id").GetInt32();
        return new RegisteredSchema(subject, Member(answer, "version").GetInt32(), id, _schemas.GetOrAdd(id, _ => ReadSchema(answer, cancellation)));
    }

    /// <summary>The schema of an id. Asked for once; an id that is unknown is asked for again after 30 seconds.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The schema, or null when the registry does not know the id.</returns>
    /// <exception cref="AvroSchemaException">It is not an Avro schema.</exception>
    public AvroSchema? GetSchema(int id, CancellationToken cancellation = default)
    {
        if (_schemas.TryGetValue(id, out var schema))
            return schema;
        if (_unknown.TryGetValue(id, out var since) && _timeProvider.GetElapsedTime(since) < UnknownFor)
            return null;
        var request = new RegistryRequest(HttpMethod.Get, FormattableString.Invariant($"/schemas/ids/{id}")) { MayBeMissing = true };
        if (_transport.Send(request, cancellation) is not { } answer)
        {
            if (_unknown.Count >= MaxUnknownIds)
                _unknown.Clear();
            _unknown[id] = _timeProvider.GetTimestamp();
            return null;
        }

        return _schemas.GetOrAdd(id, ReadSchema(answer, cancellation));
    }

    /// <summary>Asks whether a schema could be registered, against as many versions as the subject's level demands.</summary>
    /// <param name="subject">The subject; one that does not exist yet takes any schema.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public CompatibilityAnswer CheckCompatibility(string subject, AvroSchema schema, CancellationToken cancellation = default)
    {
        var path = $"/compatibility/subjects/{Escape(subject)}/versions?verbose=true";
        var answer = _transport.Send(new(HttpMethod.Post, path) { Body = Body(schema.ToJson()), MayBeMissing = true }, cancellation);
        if (answer is not { } found)
            return new CompatibilityAnswer(true, []);
        var messages = found.TryGetProperty("messages", out var texts) && texts.ValueKind == JsonValueKind.Array
            ? texts.EnumerateArray().Select(static text => text.ToString()).ToList()
            : [];
        return new CompatibilityAnswer(Member(found, "is_compatible").GetBoolean(), messages);
    }

    /// <summary>Sets what a subject demands of new schemas.</summary>
    /// <param name="subject">The subject; need not exist yet.</param>
    /// <param name="level">What it demands.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public void SetCompatibility(string subject, CompatibilityLevel level, CancellationToken cancellation = default) => Send(
        new(HttpMethod.Put, $"/config/{Escape(subject)}") { Body = new Dictionary<string, string> { ["compatibility"] = level.ToName() } }, cancellation);

    private AvroSchema ReadSchema(JsonElement answer, CancellationToken cancellation)
    {
        if (answer.TryGetProperty("schemaType", out var type) && type.ToString() is not ("AVRO" or ""))
            throw new AvroSchemaException($"The registry holds a schema of type {type} where Avro is expected.");
        var known = new Dictionary<string, NamedSchema>();
        ReadReferences(answer, known, cancellation);
        return AvroSchema.Parse(Member(answer, "schema").GetString()!, known.Values);
    }

    /// <summary>Types that other subjects define, depth first, each once.</summary>
    private void ReadReferences(JsonElement answer, Dictionary<string, NamedSchema> known, CancellationToken cancellation)
    {
        if (!answer.TryGetProperty("references", out var references) || references.ValueKind != JsonValueKind.Array)
            return;
        foreach (var reference in references.EnumerateArray())
        {
            var name = Member(reference, "name").GetString()!;
            if (known.ContainsKey(name))
                continue;
            var subject = Member(reference, "subject").GetString()!;
            var version = Member(reference, "version").GetInt32();
            var referred = Send(new(HttpMethod.Get, FormattableString.Invariant($"/subjects/{Escape(subject)}/versions/{version}?deleted=true")), cancellation);
            ReadReferences(referred, known, cancellation);
            if (AvroSchema.Parse(Member(referred, "schema").GetString()!, known.Values) is NamedSchema schema)
                known[schema.FullName] = schema;
        }
    }

    private JsonElement Send(RegistryRequest request, CancellationToken cancellation) => _transport.Send(request, cancellation)!.Value;

    private JsonElement Member(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value)
            ? value
            : throw new SchemaRegistryException($"The schema registry at {Url} gave an answer without '{name}': {answer.GetRawText()}", isTransient: false, status: 200);

    private static Dictionary<string, string> Body(string schema) => new() { ["schema"] = schema };

    private static string Escape(string subject) => Uri.EscapeDataString(subject);
}
