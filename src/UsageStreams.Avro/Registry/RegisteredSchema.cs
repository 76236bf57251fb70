namespace UsageStreams.Avro.Registry;

/// <summary>A version of a subject.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Version">Number of the version, from 1.</param>
/// <param name="Id">Id of the schema, which records carry.</param>
/// <param name="Schema">The schema.</param>
public sealed record RegisteredSchema(string Subject, int Version, int Id, AvroSchema Schema);

/// <summary>Whether a schema may be registered.</summary>
/// <param name="IsCompatible">Whether it may.</param>
/// <param name="Messages">The registry's reasons why not; may be empty where it gives none.</param>
public sealed record CompatibilityAnswer(bool IsCompatible, IReadOnlyList<string> Messages);
