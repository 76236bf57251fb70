namespace UsageStreams.Model;

/// <summary>Reference data or an event breaks a rule of the model; the message names the value, the rule and the way out.</summary>
public sealed class ModelException(string message) : Exception(message);
