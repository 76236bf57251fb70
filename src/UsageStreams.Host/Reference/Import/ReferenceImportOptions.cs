namespace UsageStreams.Host.Reference.Import;

/// <summary>What to import, and how.</summary>
/// <param name="Files">The files.</param>
/// <param name="Actor">Who changes it.</param>
/// <param name="Reason">Why.</param>
internal sealed record ReferenceImportOptions(IReadOnlyList<RowFile> Files, string Actor, string Reason)
{
    /// <summary>Whether the files hold all there is of their kinds: what is published and in none of them is taken out.</summary>
    public bool Replace { get; init; }

    /// <summary>Whether it is only checked, and nothing published.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>Files of a kind.</summary>
    public IReadOnlyList<RowFile> Of(ReferenceKind kind) => [.. Files.Where(file => file.Kind == kind)];
}

/// <summary>What an import did to one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Added">New records.</param>
/// <param name="Changed">Records with other contents than before.</param>
/// <param name="Unchanged">Records that say what was published; they were not published again.</param>
/// <param name="Removed">Records taken out.</param>
internal sealed record ImportedKind(ReferenceKind Kind, int Added, int Changed, int Unchanged, int Removed);
