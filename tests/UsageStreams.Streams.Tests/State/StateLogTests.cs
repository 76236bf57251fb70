using System.Text;
using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Tests.State;

public sealed class StateLogTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(60)]
    public void Of_a_torn_end_the_whole_commits_are_kept(int bytesLost)
    {
        var folder = new MemoryFolder();
        using (LoggedStore logged = Filled(folder))
        {
        }

        MemorySegment last = folder.Segments.Last();
        last.Truncate(last.Length - bytesLost);
        using var again = new LoggedStore(onDisk: false, folder);

        long input = again.Loaded!.Input!.Value;
        input.ShouldBeInRange(95, 98);
        again.Content().Count.ShouldBe((int)input + 1);
        again.Store.Put("more", "x");
        again.Commit(100);
        again.Open();
        again.Loaded!.Input.ShouldBe(100);
    }

    [Fact]
    public void A_changed_byte_before_the_last_segment_is_noticed()
    {
        for (int at = 0; at < 2000; at += 37)
        {
            var folder = new MemoryFolder();
            using (LoggedStore logged = Filled(folder))
                logged.Segments.ShouldBeGreaterThan(1);
            folder.Segments.First().Corrupt(at);
            Should.Throw<StaleStateException>(() => new LoggedStore(onDisk: false, folder), $"byte {at}");
        }
    }

    [Fact]
    public void A_missing_segment_is_noticed()
    {
        foreach (int which in new[] { 0, 1 })
        {
            var folder = new MemoryFolder();
            using (LoggedStore logged = Filled(folder))
                logged.Segments.ShouldBeGreaterThan(2);
            folder.Delete(folder.Numbers()[which]);
            Should.Throw<StaleStateException>(() => new LoggedStore(onDisk: false, folder)).Message.ShouldContain("missing");
        }
    }

    [Fact]
    public void The_state_of_something_else_is_noticed()
    {
        var folder = new MemoryFolder();
        using (LoggedStore logged = Filled(folder))
        {
        }

        using var other = new StateLog(folder, "another", 1, 2048);
        Should.Throw<StaleStateException>(() => other.Load(static (in LogRecord _) => { })).Message.ShouldContain("belongs to 'test'");
    }

    [Fact]
    public void Files_are_read_back_and_lose_nothing_but_a_torn_end()
    {
        string path = Path.Combine(Path.GetTempPath(), $"usagestreams-{Guid.NewGuid():N}");
        try
        {
            using (var logged = new LoggedStore(onDisk: true, Folder(path)))
            {
                Fill(logged);
                logged.Content().Count.ShouldBe(100);
            }

            string last = Directory.EnumerateFiles(path).Order(StringComparer.Ordinal).Last();
            byte[] bytes = File.ReadAllBytes(last);
            int end = Array.FindLastIndex(bytes, static b => b != 0);
            bytes[end] ^= 1;
            File.WriteAllBytes(last, bytes);
            using var again = new LoggedStore(onDisk: true, Folder(path));
            again.Content().Count.ShouldBe(99);
            again.Store.Get("key 98").ShouldBe("value 98");
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void What_was_read_of_a_segment_stays_when_more_is_written_and_read_than_it_was_made_for()
    {
        string path = Directory.CreateTempSubdirectory("usagestreams-").FullName;
        try
        {
            using FileFolder folder = Folder(path);
            using Segment segment = folder.Create(1);
            segment.Append(Enumerable.Repeat((byte)'a', 2000).ToArray());
            ReadOnlySpan<byte> held = segment.Read(0, 2000);

            segment.Append(Enumerable.Repeat((byte)'b', 1_000_000).ToArray());
            segment.Read(2000, 1_000_000).IndexOfAnyExcept((byte)'b').ShouldBe(-1);

            held.IndexOfAnyExcept((byte)'a').ShouldBe(-1);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static FileFolder Folder(string path) => new(path, 2048, static () => { });

    private static LoggedStore Filled(MemoryFolder folder)
    {
        var logged = new LoggedStore(onDisk: false, folder);
        Fill(logged);
        return logged;
    }

    private static void Fill(LoggedStore logged)
    {
        for (int i = 0; i < 100; i++)
        {
            logged.Store.Put($"key {i}", $"value {i}");
            logged.Commit(i);
        }
    }
}
