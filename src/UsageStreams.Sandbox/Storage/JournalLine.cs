using System.Text.Json.Nodes;

namespace UsageStreams.Sandbox.Storage;

/// <summary>One effect: the record as it stood after it.</summary>
internal sealed record JournalLine(string System, string Object, string ExternalId, string Id, bool Created, DateTimeOffset Time, JsonObject Document);
