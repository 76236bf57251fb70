using System.Security.Cryptography;
using System.Text;
using UsageStreams.Host.Import;

namespace UsageStreams.Host.Tests.Import;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\nb", new[] { "a", "b" })]
    [InlineData("\n\nc\n", new[] { "", "", "c" })]
    [InlineData("a\rb\n", new[] { "a\rb" })]
    public void Gives_lines_without_their_ends(string text, string[] expected) => Lines(text).ShouldBe(expected);

    [Fact]
    public void Gives_a_line_longer_than_its_buffer_whole()
    {
        var line = new string('x', 300_000);

        Lines(line + "\nnext\n").ShouldBe([line, "next"]);
    }

    [Fact]
    public void Gives_the_beginning_of_a_line_over_the_limit_and_goes_on_behind_it()
    {
        using var reader = new LineReader(Stream(new string('x', 200_000) + "\nnext\n"), maxLineBytes: 1000);

        reader.TryRead(out var cut).ShouldBeTrue();
        cut.Length.ShouldBe(1000);
        reader.TooLong.ShouldBeTrue();
        reader.TryRead(out var next).ShouldBeTrue();
        Encoding.UTF8.GetString(next).ShouldBe("next");
        reader.TooLong.ShouldBeFalse();
        reader.LineNumber.ShouldBe(2);
        reader.Offset.ShouldBe(200_006);
    }

    [Fact]
    public void Knows_number_offset_and_hash_of_what_it_has_read()
    {
        const string text = "one\r\ntwo\nthree";
        using var reader = new LineReader(Stream(text));
        reader.TryRead(out _);
        reader.TryRead(out _);

        reader.LineNumber.ShouldBe(2);
        reader.Offset.ShouldBe(9);
        reader.Prefix().ShouldBe(SHA256.HashData("one\r\ntwo\n"u8));
        reader.AtEnd.ShouldBeFalse();
        reader.TryRead(out _);
        reader.Prefix().ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        reader.AtEnd.ShouldBeTrue();
    }

    [Fact]
    public void Goes_on_where_another_reading_ended()
    {
        using var reader = new LineReader(Stream("one\ntwo\nthree\n"));

        reader.TrySkip(8, 2, SHA256.HashData("one\ntwo\n"u8)).ShouldBeTrue();
        reader.TryRead(out var line).ShouldBeTrue();
        Encoding.UTF8.GetString(line).ShouldBe("three");
        reader.LineNumber.ShouldBe(3);
        reader.Prefix().ShouldBe(SHA256.HashData("one\ntwo\nthree\n"u8));
    }

    [Theory]
    [InlineData("one\ntwx\nthree\n")]
    [InlineData("one\nt")]
    public void Does_not_go_on_in_another_file(string other)
    {
        using var reader = new LineReader(Stream(other));

        reader.TrySkip(8, 2, SHA256.HashData("one\ntwo\n"u8)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("one\ntwo\nthree\n", true)]
    [InlineData("one\ntwo\r\nthree\n", true)]
    [InlineData("one\ntwofold\nthree\n", false)]
    public void Goes_on_behind_a_last_line_that_had_no_end_unless_it_has_grown(string now, bool expected)
    {
        using var reader = new LineReader(Stream(now));

        reader.TrySkip(7, 2, SHA256.HashData("one\ntwo"u8)).ShouldBe(expected);
        if (!expected)
            return;
        reader.TryRead(out var line).ShouldBeTrue();
        Encoding.UTF8.GetString(line).ShouldBe("three");
        reader.LineNumber.ShouldBe(3);
    }

    private static List<string> Lines(string text)
    {
        using var reader = new LineReader(Stream(text));
        var lines = new List<string>();
        while (reader.TryRead(out var line))
            lines.Add(Encoding.UTF8.GetString(line));
        return lines;
    }

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
