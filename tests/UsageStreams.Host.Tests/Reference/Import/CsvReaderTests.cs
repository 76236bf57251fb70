using UsageStreams.Host.Reference.Import;

namespace UsageStreams.Host.Tests.Reference.Import;

public sealed class CsvReaderTests
{
    [Fact]
    public void Quoted_fields_hold_commas_quotes_and_line_ends()
    {
        var reader = new CsvReader(new StringReader("a,\"b,c\",\"d\"\"e\"\r\n\"f\r\ng\",,\nh,\"\",i"));

        reader.Read().ShouldBe(["a", "b,c", "d\"e"]);
        reader.Line.ShouldBe(1);
        reader.Read().ShouldBe(["f\r\ng", "", ""]);
        reader.Line.ShouldBe(2);
        reader.Read().ShouldBe(["h", "", "i"]);
        reader.Line.ShouldBe(4);
        reader.Read().ShouldBeNull();
    }

    [Fact]
    public void Empty_lines_are_passed_over_and_counted()
    {
        var reader = new CsvReader(new StringReader("\r\na\n\n\nb\n\n"));

        reader.Read().ShouldBe(["a"]);
        reader.Line.ShouldBe(2);
        reader.Read().ShouldBe(["b"]);
        reader.Line.ShouldBe(5);
        reader.Read().ShouldBeNull();
    }

    [Theory]
    [InlineData("x\na\"b,c", "a double quote stands inside a field")]
    [InlineData("x\n\"a\"b", "text follows the closing double quote")]
    [InlineData("x\n\"a\nb", "a quoted field never ends")]
    [InlineData("x\na\rb", "a carriage return without a line feed")]
    public void What_is_no_csv_is_told_with_its_line(string text, string fault)
    {
        var reader = new CsvReader(new StringReader(text));
        reader.Read().ShouldBe(["x"]);

        Should.Throw<FormatException>(() => reader.Read()).Message.ShouldContain(fault);
        reader.Line.ShouldBe(2);
    }

    [Fact]
    public void Whatever_is_written_is_read_again()
    {
        var random = new Random(7);
        string[][] rows = [.. Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, 3).Select(_ => Cell(random)).ToArray())];
        using var text = new StringWriter();
        foreach (var row in rows)
            UsageStreams.Host.Reference.Export.CsvWriter.Write(text, row);

        var reader = new CsvReader(new StringReader(text.ToString()));
        foreach (var row in rows)
            reader.Read().ShouldBe(row);
        reader.Read().ShouldBeNull();
    }

    private static string Cell(Random random) => new([.. Enumerable.Range(0, random.Next(6)).Select(_ => "ab,\"\r\n ü"[random.Next(8)])]);
}
