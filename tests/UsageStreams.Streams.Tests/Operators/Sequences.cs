namespace UsageStreams.Streams.Tests.Operators;

/// <summary>Tries a property on many random sequences, each made by its own seed, and names the seed at which it fails.</summary>
internal static class Sequences
{
    /// <summary>How many sequences each family of operators is tried on, over all of its properties.</summary>
    public const int PerFamily = 10_000;

    public static void Try(int sequences, Action<Random> property)
    {
        for (int seed = 0; seed < sequences; seed++)
        {
            try
            {
                property(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"The property does not hold for the sequence of seed {seed}: {e.Message}", e);
            }
        }
    }
}
