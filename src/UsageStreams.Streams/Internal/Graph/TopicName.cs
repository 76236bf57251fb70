namespace UsageStreams.Streams.Internal.Graph;

/// <summary>A topic: public by its own name, or internal and prefixed by the application.</summary>
internal readonly record struct TopicName(string Name, bool IsRepartition)
{
    public string Resolve(string applicationId) => IsRepartition ? $"{applicationId}-{Name}-repartition" : Name;

    public override string ToString() => IsRepartition ? $"<application>-{Name}-repartition" : Name;
}
