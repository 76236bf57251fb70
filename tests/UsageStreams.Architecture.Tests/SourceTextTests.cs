using System.Text.RegularExpressions;

namespace UsageStreams.Architecture.Tests;

public sealed partial class SourceTextTests
{
    // Files of others, kept as they came.
    private static readonly string[] Foreign = ["LICENSE", "samples/access.log", "tests/UsageStreams.Avro.Tests/Vectors/"];

    private static readonly string[] PackageHosts = ["api.nuget.org", "registry.npmjs.org", "opencollective.com", "github.com"];

    [Fact]
    public void Nothing_is_folded_away_in_regions() => Lines(Repository.CSharp("src").Concat(Repository.CSharp("tests")))
        .Where(static line => line.Text.TrimStart().StartsWith("#region", StringComparison.Ordinal))
        .Select(static line => $"{line.Place} opens a region; give what it holds a type or a file of its own.")
        .ShouldBeNone();

    [Fact]
    public void No_code_is_commented_out() => Lines(Repository.CSharp("src").Concat(Repository.CSharp("tests")))
        .Where(static line => CommentedCode().IsMatch(line.Text))
        .Select(static line => $"{line.Place} looks like code that was commented out; delete it, git remembers: {line.Text.Trim()}")
        .ShouldBeNone();

    [Fact]
    public void No_path_of_one_machine_is_written_down() => Lines(OwnText())
        .Where(static line => MachinePath().IsMatch(line.Text))
        .Select(static line => $"{line.Place} names a path of one machine; take it from an option, or make it relative to the repository: {line.Text.Trim()}")
        .ShouldBeNone();

    [Fact]
    public void Packages_are_fetched_from_public_registries_only() => Lines(Repository.Files().Where(IsPackageManifest))
        .SelectMany(static line => UrlHost().Matches(line.Text).Select(match => (line.Place, Host: match.Groups["host"].Value)))
        .Where(static url => !PackageHosts.Contains(url.Host, StringComparer.OrdinalIgnoreCase))
        .Select(static url => $"{url.Place} fetches from {url.Host}, which others cannot reach; make the file again with the public registry set.")
        .ShouldBeNone();

    private static IEnumerable<string> OwnText() => Repository.Files()
        .Where(static file => !Foreign.Any(foreign => file.StartsWith(foreign, StringComparison.Ordinal)))
        .Where(IsText);

    private static bool IsText(string file)
    {
        using FileStream stream = File.OpenRead(Path.Combine(Repository.Root, file));
        Span<byte> start = stackalloc byte[4096];
        return start[..stream.Read(start)].IndexOf((byte)0) < 0;
    }

    private static bool IsPackageManifest(string file) =>
        Path.GetFileName(file).ToLowerInvariant() is "package.json" or "package-lock.json" or ".npmrc" or "nuget.config";

    private static IEnumerable<(string Place, string Text)> Lines(IEnumerable<string> files) =>
        files.SelectMany(static file => Repository.Lines(file).Select((text, index) => ($"{file}:{index + 1}", text)));

    [GeneratedRegex(@"^\s*//(?!/).*[;{]\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommentedCode();

    // A folder of a system or a user, not preceded by what makes it part of a longer path or of an address.
    [GeneratedRegex(@"(?<![\w./:*~})$-])/(root|work|home|tmp|Users)/[\w.]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"https?://(?<host>[^/\s""'<>)]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UrlHost();
}
