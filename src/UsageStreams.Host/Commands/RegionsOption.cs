using System.CommandLine;
using UsageStreams.Host.Regions;

namespace UsageStreams.Host.Commands;

/// <summary>The option that names the file of who is at home where, for commands that judge events as metering does.</summary>
internal sealed class RegionsOption
{
    private readonly Option<FileInfo?> _file = new("--regions")
    {
        Description = "With --region: the file that says which region is home to whom, as the region's workers have it; events of tenants at home elsewhere wait",
    };

    /// <summary>Adds it to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_file);

    /// <summary>Who is at home in a region; null when no file is given.</summary>
    /// <exception cref="HostException">There is no region, or the file doesn't know it or can't be read.</exception>
    public RegionHomes? Read(ParseResult parsed, string region)
    {
        if (parsed.GetValue(_file) is not { } file)
            return null;
        return region.Length > 0
            ? new RegionHomes(ResidencyFile.RulesOf(Files.MustExist(file), region), region)
            : throw new HostException(ExitCodes.Usage, "--regions says who is at home in which region, and no region is named: say which with --region.");
    }
}
