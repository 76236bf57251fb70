using Microsoft.Win32.SafeHandles;
using UsageStreams.Embedded.Requests;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded;

/// <summary>Settings of an <see cref="EmbeddedBroker"/>.</summary>
public sealed class EmbeddedBrokerOptions
{
    /// <summary>Folder that holds everything the broker keeps; created when missing. One broker at a time may use it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 (the default) takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Partitions of a topic that is created without a count. Default 4.</summary>
    public int DefaultPartitions { get; init; } = 4;

    /// <summary>Whether asking for an unknown topic creates it when the client allows that. Default true, as in Kafka.</summary>
    public bool AutoCreateTopics { get; init; } = true;

    /// <summary>How long the first rebalance of an empty group waits for more members. Default none; Kafka's default is three seconds.</summary>
    public TimeSpan InitialRebalanceDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Size at which a partition starts a new file, in bytes. Default 256 MiB.</summary>
    public int SegmentBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Largest record batch that is accepted when the topic does not say, in bytes. Default 1048588, as in Kafka.</summary>
    public int MaxMessageBytes { get; init; } = 1048588;

    /// <summary>
    /// How often written files are forced to the disk. Default 10 seconds; <see cref="TimeSpan.Zero"/> leaves it to the operating system.
    /// A killed process loses nothing either way; a power failure may lose what was written since.
    /// </summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The one way to the disk, so that a test can make a write fail.</summary>
    internal FileWrite Write { get; init; } = RandomAccess.Write;

    /// <summary>Asked for each request and the client's name: what a test has the broker do to it. Null, the default, for nothing.</summary>
    internal Func<ApiKey, string, RequestFault>? Fault { get; init; }

    internal void Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(DataDirectory))
            problems.Add("DataDirectory is empty; name a folder.");
        if (Port is < 0 or > 65535)
            problems.Add($"Port is {Port}; it must be 0 (any free port) to 65535.");
        if (DefaultPartitions is < 1 or > 1000)
            problems.Add($"DefaultPartitions is {DefaultPartitions}; it must be 1 to 1000.");
        if (SegmentBytes < 1024)
            problems.Add($"SegmentBytes is {SegmentBytes}; it must be at least 1024.");
        if (MaxMessageBytes is < 1024 or > 100_000_000)
            problems.Add($"MaxMessageBytes is {MaxMessageBytes}; it must be 1024 to 100000000.");
        if (InitialRebalanceDelay < TimeSpan.Zero || FlushInterval < TimeSpan.Zero)
            problems.Add("InitialRebalanceDelay and FlushInterval must not be negative.");
        if (problems.Count > 0)
            throw new EmbeddedBrokerException("The options of the embedded broker are not valid: " + string.Join(' ', problems));
    }
}

/// <summary>Writes bytes at a position of an open file.</summary>
internal delegate void FileWrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position);
