namespace UsageStreams.Architecture.Tests;

/// <summary>What a rule found: all of it, one line each, with what to do.</summary>
internal static class Faults
{
    /// <summary>Fails with every fault, so that one run shows all there is to do.</summary>
    public static void ShouldBeNone(this IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        if (all.Length > 0)
            Assert.Fail($"{all.Length} to put right:\n{string.Join('\n', all)}");
    }
}
