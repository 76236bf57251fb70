namespace UsageStreams.Embedded.Registry.State;

/// <summary>A numbered version of a subject.</summary>
/// <param name="Subject">The subject's name.</param>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Id">The id of the content, the same wherever the content is registered.</param>
/// <param name="Content">The schema.</param>
/// <param name="Deleted">Whether it is soft-deleted: hidden from lists and checks, but its id still answers.</param>
internal sealed record SchemaVersion(string Subject, int Version, int Id, SchemaContent Content, bool Deleted);
