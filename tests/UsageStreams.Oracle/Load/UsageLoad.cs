namespace UsageStreams.Oracle.Load;

/// <summary>A load: what happens, in order of time.</summary>
/// <param name="Options">What it was made of.</param>
/// <param name="Partitions">Partitions of the topics.</param>
/// <param name="Steps">What happens.</param>
internal sealed record UsageLoad(LoadOptions Options, int Partitions, IReadOnlyList<LoadStep> Steps);
