using System.Text.Json.Nodes;

namespace UsageStreams.Sandbox.Storage;

/// <summary>Names a record: system, type, the caller's id.</summary>
internal readonly record struct RecordKey(string System, string Object, string ExternalId);

/// <summary>A record as it stands. The document is never changed in place, only replaced.</summary>
internal sealed record StoredRecord(RecordKey Key, string Id, JsonObject Document, int Creates, int Updates);
