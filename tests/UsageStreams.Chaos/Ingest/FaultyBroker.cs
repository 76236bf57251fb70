using System.Globalization;
using UsageStreams.Embedded;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Registry;
using UsageStreams.Embedded.Requests;
using UsageStreams.Host.Generate;
using UsageStreams.Protocol;

namespace UsageStreams.Chaos.Ingest;

/// <summary>
/// A process with a broker and a registry that does to the gateway's requests what standard input says: <c>refuse</c>, <c>lose</c> or <c>calm</c>; to
/// <c>calm</c> it says how many it has refused and how many answers it has lost. It ends with its standard input.
/// </summary>
internal static class FaultyBroker
{
    /// <summary>The first argument that makes this process one.</summary>
    public const string Verb = "faulty-broker";

    private const double Share = 0.7;

    // What a broker says while it has no leader, too few replicas, or too much to do.
    private static readonly ErrorCode[] Refusals = [(ErrorCode)6, (ErrorCode)7, (ErrorCode)19];

    public static async Task RunAsync(string folder, int port, int registryPort, ulong seed)
    {
        var faults = new Faults(seed);
        var options = new EmbeddedBrokerOptions { DataDirectory = folder, Port = port, Fault = faults.Decide };
        await using var broker = await EmbeddedBroker.StartAsync(options);
        await using var registry = await EmbeddedRegistry.StartAsync(new EmbeddedRegistryOptions { BootstrapServers = broker.BootstrapServers, Port = registryPort });
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } command)
        {
            faults.Mode = command;
            if (command == "calm")
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{faults.Refused} {faults.Lost}"));
        }
    }

    private sealed class Faults(ulong seed)
    {
        private readonly Xoshiro _random = new(seed);
        private readonly Lock _gate = new();

        public volatile string Mode = "calm";

        public int Refused { get; private set; }

        public int Lost { get; private set; }

        public RequestFault Decide(ApiKey key, string client)
        {
            var mode = Mode;
            if (key != ApiKey.Produce || mode == "calm" || !client.EndsWith("usagestreams-gateway", StringComparison.Ordinal))
                return default;
            lock (_gate)
            {
                if (!_random.Chance(Share))
                    return default;
                if (mode == "lose")
                {
                    Lost++;
                    return new RequestFault(null, LosesAnswer: true);
                }

                Refused++;
                return new RequestFault(Refusals[_random.NextInt(Refusals.Length)]);
            }
        }
    }
}
