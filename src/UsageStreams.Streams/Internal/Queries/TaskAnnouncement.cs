using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>What an instance says when it takes a task: the value of a record of the instances topic, as JSON. Its key is the task.</summary>
/// <param name="Server">Where its instance is asked.</param>
/// <param name="Client">The thread's client, for whoever reads the topic.</param>
/// <param name="Time">When, Unix ms.</param>
internal sealed record TaskAnnouncement(string Server, string Client, long Time)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static string Topic(string applicationId) => $"{applicationId}-instances";

    public static byte[] Key(TaskId task) => Encoding.UTF8.GetBytes(task.ToString());

    public byte[] Value() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads a record; false when somebody else wrote it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out TaskId task, out TaskAnnouncement? announcement)
    {
        announcement = null;
        string name = Encoding.UTF8.GetString(key);
        int slash = name.LastIndexOf('/');
        task = default;
        if (slash < 0 || !int.TryParse(name.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int partition))
            return false;
        task = new TaskId(name[..slash], partition);
        if (value.IsEmpty)
            return true;
        try
        {
            announcement = JsonSerializer.Deserialize<TaskAnnouncement>(value, Json);
            return announcement?.Server is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
