using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Embedded.Storage;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests.Storage;

public sealed class JournalTests
{
    [Fact]
    public async Task The_latest_value_of_every_key_is_there_after_any_number_of_rewrites()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal");
        var expected = new Dictionary<string, byte[]>();
        var random = new Random(7);
        long largest = 0;
        using (var journal = Open(path, rewriteAbove: 4096))
        {
            for (int i = 0; i < 5000; i++)
            {
                string key = $"key/{random.Next(20)}";
                byte[]? value = random.Next(5) == 0 ? null : BitConverter.GetBytes(i);
                journal.Put(key, value);
                if (i % 3 == 0)
                    await journal.Rewriting;
                if (value is null)
                    expected.Remove(key);
                else
                    expected[key] = value;
                largest = Math.Max(largest, new FileInfo(path).Length);
            }
        }

        using var again = Open(path, rewriteAbove: 4096);
        again.Scan("key/").ToDictionary(entry => entry.Key, entry => BitConverter.ToInt32(entry.Value))
            .ShouldBe(expected.ToDictionary(entry => entry.Key, entry => BitConverter.ToInt32(entry.Value)), ignoreOrder: true);
        largest.ShouldBeLessThan(10_000);
    }

    [Fact]
    public async Task What_is_written_while_the_file_is_rewritten_is_in_both()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal");
        using (var journal = Open(path, rewriteAbove: 100))
        {
            while (journal.Rewriting.IsCompleted && !File.Exists(path + ".new"))
                journal.Put("a", new byte[40]);
            journal.Put("b", [2]);
            File.Copy(path, path + ".crash");
            await journal.Rewriting;
            journal.Put("c", [3]);
        }

        using (var crashed = Open(path + ".crash"))
            crashed.Get("b").ShouldBe([2]);
        using var again = Open(path);
        again.Scan("").Select(entry => (entry.Key, entry.Value.Length)).ShouldBe([("a", 40), ("b", 1), ("c", 1)], ignoreOrder: true);
    }

    [Fact]
    public void Changes_written_together_are_lost_together()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal");
        using (var journal = Open(path))
        {
            journal.Put("a", [1]);
            journal.Put([new JournalChange("a", null), new JournalChange("b", [2])]);
        }

        using (var file = File.Open(path, FileMode.Open))
            file.SetLength(file.Length - 1);

        using var again = Open(path);
        again.Get("a").ShouldBe([1]);
        again.Get("b").ShouldBeNull();
    }

    private static Journal Open(string path, long rewriteAbove = long.MaxValue) =>
        Journal.Open(path, new Disk(RandomAccess.Write, NullLogger.Instance), rewriteAbove);
}
