using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>What a test has the broker do to a request.</summary>
/// <param name="Refusal">The error that answers it, without its work being done; null for none.</param>
/// <param name="LosesAnswer">Whether its work is done and the connection closed without an answer: the client can't know how it ended.</param>
internal readonly record struct RequestFault(ErrorCode? Refusal, bool LosesAnswer = false);
