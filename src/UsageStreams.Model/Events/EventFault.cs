namespace UsageStreams.Model;

/// <summary>Why an event can't be taken as it is.</summary>
/// <param name="Code">A word that programs can act on, such as <c>missing-id</c>; it never changes its meaning.</param>
/// <param name="Text">What is wrong and what its producer should do, for a person.</param>
public readonly record struct EventFault(string Code, string Text);
