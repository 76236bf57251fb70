using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>AlterConfigs 0 to 2 (flexible): replaces all configs of a topic; what is not named falls back to its default.</summary>
internal sealed class AlterConfigs(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.AlterConfigs, 0, 2, 2);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        ConfigRequest.Answer(request, broker, hasOperation: false);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Reads and answers both requests that change configs; they differ in the operation per config.</summary>
internal static class ConfigRequest
{
    public static void Answer(Request request, BrokerParts broker, bool hasOperation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        var resources = new (sbyte Type, string Name, ConfigChange[] Changes)[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < resources.Length; i++)
            resources[i] = ReadResource(reader, hasOperation);
        bool validateOnly = reader.ReadBoolean();
        request.WriteNoThrottle();
        writer.WriteArrayLength(resources.Length);
        foreach (var (type, name, changes) in resources)
        {
            var (error, problem) = ConfigChanges.Apply(broker, type, name, changes, replaceAll: !hasOperation, validateOnly);
            ConfigChanges.WriteResource(writer, type, name, error, problem);
        }

        writer.WriteNoTags();
    }

    private static (sbyte Type, string Name, ConfigChange[] Changes) ReadResource(WireReader reader, bool hasOperation)
    {
        sbyte type = reader.ReadInt8();
        string name = reader.ReadString();
        var changes = new ConfigChange[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < changes.Length; i++)
        {
            string key = reader.ReadString();
            var operation = hasOperation ? (ConfigOperation)reader.ReadInt8() : ConfigOperation.Set;
            changes[i] = new ConfigChange(key, operation, reader.ReadNullableString());
            reader.SkipTags();
        }

        reader.SkipTags();
        return (type, name, changes);
    }
}
