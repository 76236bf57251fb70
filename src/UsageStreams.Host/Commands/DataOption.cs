using System.CommandLine;
using UsageStreams.Host.Machine;

namespace UsageStreams.Host.Commands;

/// <summary>Options of what runs on this machine.</summary>
internal static class DataOption
{
    public static Option<string> Create(string use) => new("--data")
    {
        Description = "Folder of the data; one process at a time may use it", DefaultValueFactory = _ => DataFolder.Default(use),
    };

    public static Option<int> Port(string name, string description, int otherwise)
    {
        var option = new Option<int>(name) { Description = description + (otherwise == 0 ? "; any free one by default" : ""), DefaultValueFactory = _ => otherwise };
        option.Between(0, 65535);
        return option;
    }
}
