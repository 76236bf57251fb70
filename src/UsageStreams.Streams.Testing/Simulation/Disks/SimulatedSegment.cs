using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Testing.Simulation.Disks;

/// <summary>A segment whose bytes are safe only when they were synced.</summary>
internal sealed class SimulatedSegment(int number, Func<bool> loses) : Segment(number)
{
    private readonly List<int> _appends = [];
    private byte[] _bytes = [];
    private int _synced;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        if (loses())
            return;
        if (Length + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        _appends.Add(Length);
        Length += bytes.Length;
    }

    public override ReadOnlySpan<byte> Read(int offset, int length) => _bytes.AsSpan(0, Length).Slice(offset, length);

    public override void Truncate(int length)
    {
        Length = length;
        _synced = Math.Min(_synced, length);
        _appends.RemoveAll(start => start >= length);
    }

    public override Task SyncAsync()
    {
        _synced = Length;
        return Task.CompletedTask;
    }

    public override void Dispose()
    {
    }

    /// <summary>The file ends somewhere in what was not synced.</summary>
    public bool Tear(SimulationRandom random)
    {
        if (_synced == Length)
            return false;
        Truncate(Somewhere(random));
        return true;
    }

    /// <summary>The file has its length, and zeros from somewhere in what was not synced.</summary>
    public bool Lose(SimulationRandom random)
    {
        if (_synced == Length)
            return false;
        _bytes.AsSpan(Somewhere(random)..Length).Clear();
        return true;
    }

    /// <summary>A byte is another, wherever it lies.</summary>
    public bool Corrupt(SimulationRandom random)
    {
        if (Length == 0)
            return false;
        _bytes[random.Next(Length)] ^= (byte)random.Between(1, 255);
        return true;
    }

    public SimulatedSegment Copy(Func<bool> losesNow)
    {
        var copy = new SimulatedSegment(Number, losesNow) { _bytes = [.. _bytes], Length = Length, _synced = _synced };
        copy._appends.AddRange(_appends);
        return copy;
    }

    // Where one write ended and the next began, or in the middle of one.
    private int Somewhere(SimulationRandom random)
    {
        int[] unsafeStarts = [.. _appends.Where(start => start >= _synced)];
        return unsafeStarts.Length > 0 && random.PerMille(500) ? random.Pick(unsafeStarts) : random.Between(_synced, Length - 1);
    }
}
