namespace UsageStreams.Chaos.Report;

/// <summary>A number as the generator made it and as the topics have it.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Told">The generator's.</param>
/// <param name="Found">The topics'.</param>
internal readonly record struct Figure(string Name, decimal Told, decimal Found)
{
    /// <summary>What the topics have too much.</summary>
    public decimal Difference => Found - Told;
}
