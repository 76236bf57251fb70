namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>The numbers of Java's <c>java.util.Random</c>, whose documentation specifies them: a linear congruential generator of 48 bits.</summary>
internal sealed class JavaRandom(long seed)
{
    private const long Multiplier = 0x5DEECE66D;
    private const long Mask = (1L << 48) - 1;

    private long _state = (seed ^ Multiplier) & Mask;

    /// <summary>A number from 0 to below <paramref name="bound"/>.</summary>
    public int Next(int bound)
    {
        var bits = Bits();
        if ((bound & -bound) == bound) return (int)((bound * (long)bits) >> 31);
        int rest;
        // Numbers of the last, incomplete multiple of the bound would not be even: the sum overflows.
        while (unchecked(bits - (rest = bits % bound) + (bound - 1)) < 0) bits = Bits();
        return rest;
    }

    private int Bits()
    {
        _state = ((_state * Multiplier) + 0xB) & Mask;
        return (int)(_state >> 17);
    }
}
