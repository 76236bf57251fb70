using Confluent.Kafka;

namespace UsageStreams.Host.Kafka;

/// <summary>Says that something beyond this process does not answer.</summary>
internal static class Unreachable
{
    public static HostException Kafka(KafkaAccess access, string doing, KafkaException error) => new(
        ExitCodes.Unreachable,
        $"Kafka at {access.Bootstrap} did not do its part while {doing}: {error.Error.Reason} ({error.Error.Code}). " +
        "Check --bootstrap, and --kafka-config where it asks for TLS or a sign-in.",
        error);

    public static HostException Registry(KafkaAccess access, string doing, Exception error) => new(
        ExitCodes.Unreachable, $"The schema registry at {access.Registry} did not do its part while {doing}: {error.Message} Check --registry.", error);
}
