namespace UsageStreams.Gateway.Tokens;

/// <summary>
/// Makes, lists and revokes the tokens in a file. Every use is a line of the audit log, written first what is meant and then how it ended. A gateway that runs
/// on the file takes the change over within a second or two.
/// </summary>
/// <param name="file">The file of tokens; made by the first <see cref="Add"/>.</param>
/// <param name="auditFile">The audit log.</param>
/// <param name="time">The clock.</param>
public sealed class TokenAdmin(string file, string auditFile, TimeProvider time)
{
    private readonly AuditLog _audit = new(auditFile, time);

    /// <summary>Makes a token.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="tenants">The tenants it may send for; null for any.</param>
    /// <param name="sources">The sources it may send for; null for any.</param>
    /// <param name="lifetime">How long it is taken.</param>
    /// <param name="token">The token, which is told this once and kept nowhere.</param>
    /// <exception cref="GatewayException">The name is taken or empty, or a file can't be written.</exception>
    public TokenEntry Add(string name, IReadOnlyList<string>? tenants, IReadOnlyList<string>? sources, TimeSpan lifetime, out string token)
    {
        token = TokenSecret.Create(out var id);
        var now = time.GetUtcNow();
        var entry = new TokenEntry
        {
            Id = id, Name = name, Hash = Convert.ToHexStringLower(TokenSecret.Hash(token)), Tenants = tenants, Sources = sources, Created = now, Expires = now + lifetime,
        };
        Audited("add", name, entry, () => Change(tokens =>
        {
            if (string.IsNullOrWhiteSpace(name))
                throw new GatewayException("The token has no name; name it after who holds it.");
            return tokens.All(other => other.Name != name)
                ? [.. tokens, entry]
                : throw new GatewayException($"There is a token '{name}' already; choose another name, or revoke it first.");
        }));
        return entry;
    }

    /// <summary>All tokens, by name.</summary>
    /// <exception cref="GatewayException">The file can't be read.</exception>
    public IReadOnlyList<TokenEntry> List()
    {
        IReadOnlyList<TokenEntry> tokens = [];
        Audited("list", name: null, entry: null, () => tokens = [.. Read().OrderBy(static token => token.Name, StringComparer.Ordinal)]);
        return tokens;
    }

    /// <summary>Takes a token away.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="GatewayException">There is none of that name, or a file can't be written.</exception>
    public void Revoke(string name) => Audited("revoke", name, entry: null, () => Change(tokens =>
        tokens.Any(token => token.Name == name)
            ? [.. tokens.Where(token => token.Name != name)]
            : throw new GatewayException($"There is no token '{name}' in {file}; 'usagestreams gateway token list' tells those that there are.")));

    private void Audited(string action, string? name, TokenEntry? entry, Action work)
    {
        _audit.Write(action, name, "begun", entry);
        try
        {
            work();
        }
        catch (GatewayException error)
        {
            _audit.Write(action, name, "refused: " + error.Message);
            throw;
        }

        _audit.Write(action, name, "done");
    }

    private IReadOnlyList<TokenEntry> Read() => File.Exists(file) ? TokenFile.Read(file) : [];

    // Two commands at once must not undo each other's change.
    private void Change(Func<IReadOnlyList<TokenEntry>, IReadOnlyList<TokenEntry>> change)
    {
        try
        {
            using var alone = new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            TokenFile.Write(file, change(Read()));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GatewayException($"{file} can't be changed: {error.Message} Is another command just changing it? Else make the folder writable.", error);
        }
    }
}
