using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Tests.Registry;

/// <summary>A registry without a broker: what a rule decides goes through the log's bytes into the state, as it would from the topic.</summary>
internal sealed class RegistryRun
{
    private readonly List<(byte[] Key, byte[]? Value)> _log = [];

    public RegistryState State { get; private set; } = RegistryState.Empty;

    public SchemaVersion Register(string subject, string schema, params SchemaReference[] references) =>
        Do(Registration.Register(State, subject, State.Propose(schema, references)));

    public IReadOnlyList<int> DeleteSubject(string subject, bool permanent = false) => Do(Deletion.Subject(State, subject, permanent));

    public int DeleteVersion(string subject, string version, bool permanent = false) => Do(Deletion.Version(State, subject, version, permanent));

    public T Do<T>(Decision<T> decision)
    {
        foreach (LogRecord record in decision.Records)
        {
            _log.Add((LogRecordCodec.EncodeKey(record), LogRecordCodec.EncodeValue(record)));
            State = State.Apply(LogRecordCodec.Decode(_log[^1].Key, _log[^1].Value)!, out string? refusal);
            refusal.ShouldBeNull();
        }

        return decision.Answer;
    }

    /// <summary>The state that a restart finds, after a compaction that kept the last record of each key.</summary>
    public RegistryState Restart()
    {
        RegistryState state = RegistryState.Empty;
        for (int i = 0; i < _log.Count; i++)
        {
            if (_log.Skip(i + 1).Any(later => later.Key.AsSpan().SequenceEqual(_log[i].Key)))
                continue;
            state = state.Apply(LogRecordCodec.Decode(_log[i].Key, _log[i].Value)!, out _);
        }

        return state;
    }

    public static int CodeOf(Action action) => Should.Throw<RegistryRequestException>(action).Code;
}
