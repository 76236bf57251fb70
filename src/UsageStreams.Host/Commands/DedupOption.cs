using System.CommandLine;
using System.Globalization;
using UsageStreams.Topology.Metering;

namespace UsageStreams.Host.Commands;

/// <summary>The option that says how long identities of events are remembered.</summary>
internal static class DedupOption
{
    /// <summary>A day more than the longest billing period: what is still to be billed can be told from a repetition.</summary>
    public const int LeastDays = 32;

    /// <summary>The state is made again of twice as much of the events, and their topic keeps 400 days.</summary>
    public const int MostDays = 200;

    /// <summary>Makes it.</summary>
    public static Option<int> Create()
    {
        var option = new Option<int>("--dedup-days")
        {
            Description = "How many days identities of events are remembered; the same for all workers and commands of an installation",
            DefaultValueFactory = static _ => MeteringOptions.DefaultDedupWindow.Days,
        };
        option.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var days) && days is < LeastDays or > MostDays)
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture,
                    $"--dedup-days is {token.Value}: it takes {LeastDays} to {MostDays}. Less would forget events before their billing period (31 days at most) is over; more can't be made again of usage.events, of which twice as much is read and 400 days are kept."));
            }
        });
        return option;
    }

    /// <summary>The window.</summary>
    public static TimeSpan Window(this Option<int> option, ParseResult parsed) => TimeSpan.FromDays(parsed.GetValue(option));
}
