using System.Buffers;
using System.Globalization;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>An event of the window scenario.</summary>
internal readonly record struct UsageEvent(string Id, string Account, long Amount, long Time)
{
    public const long WindowSize = 1000;
    private const long Grace = 500;

    public long WindowStart => Time - (Time % WindowSize);

    /// <summary>Account and start of the window.</summary>
    public string Window => $"{Account}@{WindowStart}";

    public static UsageEvent Parse(byte[] bytes)
    {
        string[] parts = Text(bytes).Split('|');
        return new UsageEvent(parts[0], parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture), long.Parse(parts[3], CultureInfo.InvariantCulture));
    }

    /// <summary>The stream time at which a window closes.</summary>
    public static long CloseOf(string window) => long.Parse(window.AsSpan(window.IndexOf('@') + 1), CultureInfo.InvariantCulture) + WindowSize + Grace;
}

/// <summary>The state of a window.</summary>
internal readonly record struct Window(long Sum, bool IsClosed);

/// <summary>A letter and a number.</summary>
internal sealed class WindowSerde : ISerde<Window>
{
    public static readonly WindowSerde Instance = new();

    public void Serialize(Window value, IBufferWriter<byte> output) => output.Write(Bytes($"{(value.IsClosed ? 'c' : 'o')}{value.Sum}"));

    public Window Deserialize(ReadOnlySpan<byte> data) =>
        new(long.Parse(data[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), data[0] == 'c');
}
