namespace UsageStreams.Model;

public sealed partial record Metric
{
    /// <summary><see cref="LatenessMillis"/> of a metric that counts events however late they come: for history that is imported once.</summary>
    public const long AnyLateness = -1;
}
