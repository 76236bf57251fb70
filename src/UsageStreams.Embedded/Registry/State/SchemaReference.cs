namespace UsageStreams.Embedded.Registry.State;

/// <summary>A named type that a schema takes from a version of another subject.</summary>
/// <param name="Name">The full name of the type.</param>
/// <param name="Subject">The subject that defines it.</param>
/// <param name="Version">The version of that subject.</param>
internal sealed record SchemaReference(string Name, string Subject, int Version);
