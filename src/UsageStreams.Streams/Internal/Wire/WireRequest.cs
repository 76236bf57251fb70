using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>A request of Kafka's protocol in the version that the engine speaks.</summary>
/// <param name="Key">Which request.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsFlexible">Whether that version has compact lengths and tagged fields.</param>
/// <param name="Body">Writes what follows the header.</param>
internal sealed record WireRequest(ApiKey Key, short Version, bool IsFlexible, Action<WireWriter> Body);
