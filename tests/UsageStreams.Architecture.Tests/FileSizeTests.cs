namespace UsageStreams.Architecture.Tests;

public sealed class FileSizeTests
{
    private const int Largest = 500;
    private const int NinthDecile = 250;

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void No_file_is_longer_than_a_reader_can_hold(string folder) => Repository.CSharp(folder)
        .Select(static file => (File: file, Lines: Repository.Lines(file).Length))
        .Where(static file => file.Lines > Largest)
        .Select(static file => $"{file.File} has {file.Lines} lines, the limit is {Largest}; ask what else it is, and give that a type of its own.")
        .ShouldBeNone();

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void Nine_files_of_ten_are_short(string folder)
    {
        int[] sizes = [.. Repository.CSharp(folder).Select(static file => Repository.Lines(file).Length).Order()];

        sizes.ShouldNotBeEmpty();
        sizes[sizes.Length * 9 / 10].ShouldBeLessThanOrEqualTo(NinthDecile, $"the ninth decile of the lines per file in {folder}; split the longest files");
    }
}
