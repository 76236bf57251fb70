namespace UsageStreams.Sinks.OAuth;

/// <summary>A token as granted.</summary>
/// <param name="Value">What the Authorization header bears; never logged.</param>
/// <param name="Instance">Where the API is called with it.</param>
/// <param name="RenewAt">From when on a new one is asked for.</param>
internal sealed record AccessToken(string Value, Uri Instance, DateTimeOffset RenewAt)
{
    // Records print their members; a token must not end in a log that way.
    public override string ToString() => $"token for {Instance}, renewed at {RenewAt:O}";
}
