using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Surface;

/// <summary>What users of the packages can see is written down, so that each change of it is seen, and meant.</summary>
public sealed class PublicSurfaceTests
{
    [Theory]
    [InlineData(typeof(Topology))]
    [InlineData(typeof(TopologyTestDriver))]
    public void The_public_surface_is_the_one_that_is_written_down(Type ofAssembly)
    {
        string name = ofAssembly.Assembly.GetName().Name!;
        string file = Path.Combine(Repository.Root, "src", name, "PublicSurface.txt");
        string surface = PublicSurface.Of(ofAssembly.Assembly);
        if (Environment.GetEnvironmentVariable("USAGESTREAMS_WRITE_SURFACE") == "1")
            File.WriteAllText(file, surface);

        string[] written = File.ReadAllLines(file);
        string[] present = surface.TrimEnd('\n').Split('\n');
        string[] added = [.. Owned(present).Except(Owned(written), StringComparer.Ordinal)];
        string[] removed = [.. Owned(written).Except(Owned(present), StringComparer.Ordinal)];
        (added.Length + removed.Length).ShouldBe(
            0,
            $"The public surface of {name} is not that of src/{name}/PublicSurface.txt. Added: [{string.Join("; ", added)}]. Removed: [{string.Join("; ", removed)}]. "
            + "If that is meant, run './dev surface' and commit the file.");
        present.ShouldBe(written);
    }

    /// <summary>Each member with its type, so that a difference tells where it is.</summary>
    private static IEnumerable<string> Owned(IEnumerable<string> lines)
    {
        string owner = "";
        foreach (string line in lines)
        {
            if (line.Length > 0 && line[0] != ' ')
                owner = line;
            yield return line.StartsWith(' ') ? $"{owner} |{line}" : line;
        }
    }
}
