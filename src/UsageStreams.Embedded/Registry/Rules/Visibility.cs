using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>Which versions a request wants to see, by its <c>deleted</c> and <c>deletedOnly</c>.</summary>
internal readonly record struct Visibility(bool DeletedToo, bool DeletedOnly)
{
    public bool Shows(SchemaVersion version) => DeletedOnly ? version.Deleted : DeletedToo || !version.Deleted;
}
