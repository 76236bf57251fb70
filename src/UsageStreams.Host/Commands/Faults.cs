using UsageStreams.Avro.Registry;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Registry;
using UsageStreams.Gateway;
using UsageStreams.Producer;
using UsageStreams.Sandbox;
using UsageStreams.Streams;

namespace UsageStreams.Host.Commands;

/// <summary>Which exit code an error ends the process with.</summary>
internal static class Faults
{
    /// <summary>Whether the message was written for the person at the command line: its place in the code helps nobody.</summary>
    public static bool IsTold(Exception fault) => fault is HostException || ExitCode(fault) != ExitCodes.Failed;

    /// <summary>The code.</summary>
    public static int ExitCode(Exception fault) => fault switch
    {
        HostException told => told.ExitCode,
        KafkaUnreachableException or SchemaRegistryException or UsageProducerException => ExitCodes.Unreachable,
        EmbeddedBrokerException or EmbeddedRegistryException or SandboxException or GatewayException => ExitCodes.Machine,
        _ => ExitCodes.Failed,
    };
}
