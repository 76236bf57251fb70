using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Gateway.Tokens;

/// <summary>The tokens in force: read from their file, and again when that changes.</summary>
internal sealed class TokenBook
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private FrozenDictionary<string, Token> _tokens;
    private (DateTime Written, long Length) _seen;
    private long _looked;

    /// <exception cref="GatewayException">The file can't be read.</exception>
    public TokenBook(string file, TimeProvider time, ILogger logger)
    {
        (_file, _time, _logger) = (file, time, logger);
        _seen = Look();
        _looked = time.GetTimestamp();
        _tokens = Read();
        if (_tokens.Count == 0)
            GatewayLog.NoTokens(logger, file);
    }

    /// <summary>The token of an <c>Authorization</c> header.</summary>
    /// <param name="authorization">The header's value.</param>
    /// <param name="failure">Why it is not taken: <c>missing-token</c>, <c>unknown-token</c>, <c>expired-token</c>.</param>
    public Token? Find(string? authorization, out string failure)
    {
        Refresh();
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            failure = "missing-token";
            return null;
        }

        var given = authorization[scheme.Length..].Trim();
        var token = TokenSecret.TryId(given, out var id) ? _tokens.GetValueOrDefault(id) : null;
        // The same work for ids that there are and ids that there are not.
        var same = CryptographicOperations.FixedTimeEquals(TokenSecret.Hash(given), token?.Hash ?? NoHash);
        failure = token is null || !same ? "unknown-token" : token.Entry.Expires <= _time.GetUtcNow() ? "expired-token" : "";
        return failure.Length == 0 ? token : null;
    }

    private void Refresh()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _looked)) < LookInterval)
            return;
        lock (_gate)
        {
            if (_time.GetElapsedTime(_looked) < LookInterval)
                return;
            _looked = _time.GetTimestamp();
            try
            {
                var now = Look();
                if (now == _seen)
                    return;
                _tokens = Read();
                _seen = now;
                GatewayLog.TokensReloaded(_logger, _tokens.Count, _file);
            }
            catch (GatewayException error)
            {
                // Nobody is locked out by a file that is half there; it is tried again with the next request.
                GatewayLog.TokensNotReloaded(_logger, error.Message);
            }
        }
    }

    private (DateTime Written, long Length) Look()
    {
        var file = new FileInfo(_file);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : throw new GatewayException($"There is no file of tokens {_file}. Make it with 'usagestreams gateway token add'.");
    }

    // A token that stays keeps its counters.
    private FrozenDictionary<string, Token> Read() => TokenFile.Read(_file)
        .Select(entry => _tokens?.GetValueOrDefault(entry.Id) is { } known && known.Entry.Hash == entry.Hash ? known.With(entry) : new Token(entry))
        .ToFrozenDictionary(static token => token.Entry.Id, StringComparer.Ordinal);
}
