using System.Collections.Immutable;
using UsageStreams.Embedded.Registry.Log;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>What a write comes to: the records to append, in this order, and the answer to give once they have been read back.</summary>
internal sealed record Decision<T>(T Answer, ImmutableArray<LogRecord> Records);
