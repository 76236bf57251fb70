namespace UsageStreams.Host.Catalogue;

/// <summary>Something about a catalogue file that its author must know.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Text">What is wrong, the limit, and what to write instead.</param>
/// <param name="IsNote">Whether the catalogue can be published all the same.</param>
internal sealed record CatalogueFault(string File, int Line, string Text, bool IsNote = false)
{
    /// <summary>As compilers say it: <c>metrics/api.calls.yaml:7: …</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{File}:{Line}: {(IsNote ? "note: " : "")}{Text}");
}
