namespace UsageStreams.Host.Generate;

/// <summary>Draws ranks by Zipf's law: rank k with a weight of 1 / (k + 1)^exponent.</summary>
internal sealed class Zipf
{
    private readonly double[] _cumulative;

    public Zipf(int ranks, double exponent)
    {
        _cumulative = new double[ranks];
        var sum = 0.0;
        for (var rank = 0; rank < ranks; rank++)
        {
            sum += Math.Pow(rank + 1, -exponent);
            _cumulative[rank] = sum;
        }
    }

    public int Draw(Xoshiro random)
    {
        var at = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return Math.Min(at < 0 ? ~at : at + 1, _cumulative.Length - 1);
    }
}
