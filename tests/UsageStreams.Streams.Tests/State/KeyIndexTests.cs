using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Tests.State;

public sealed class KeyIndexTests
{
    [Fact]
    public void It_holds_12_to_24_bytes_a_key_until_it_is_freed()
    {
        using var log = new StateLog(new MemoryFolder(), "test", 1, int.MaxValue);
        log.Load(static (in LogRecord _) => { });
        var stored = new StoreLog(log, 0);
        var index = new KeyIndex(log);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] key = BitConverter.GetBytes(i);
            index.Set(key, stored.Add(key, []));
        }

        index.Count.ShouldBe(50_000);
        (index.Bytes / 50_000).ShouldBeInRange(12, 24);
        index.TryFind(BitConverter.GetBytes(49_999), out _, out _).ShouldBeTrue();

        index.Free();

        index.Bytes.ShouldBe(0);
        Should.Throw<IndexOutOfRangeException>(() => index.TryFind(BitConverter.GetBytes(1), out _, out _));
    }
}
