namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>The names a subject may have. Contexts (<c>:.name:subject</c>) are known, but only the default one is kept.</summary>
internal static class SubjectName
{
    /// <summary>The subject meant by a name as a client writes it.</summary>
    /// <exception cref="RegistryRequestException">42208: it is in another context than the default one.</exception>
    public static string Resolve(string name)
    {
        if (!name.StartsWith(":.", StringComparison.Ordinal))
            return name;

        int end = name.IndexOf(':', 2);
        string context = end < 0 ? name[1..] : name[1..end];
        return context == "." && end > 0
            ? name[(end + 1)..]
            : throw RegistryErrors.InvalidSubject(name, $"this registry has only the default context '.', not '{context}'");
    }

    /// <summary>Checks that schemas may be registered under a name.</summary>
    /// <exception cref="RegistryRequestException">42208: they may not.</exception>
    public static void Check(string subject)
    {
        if (subject.Length == 0)
            throw RegistryErrors.InvalidSubject(subject, "it is empty");
        if (subject is "__GLOBAL" or "__EMPTY")
            throw RegistryErrors.InvalidSubject(subject, "the name is reserved");
        if (subject.Any(char.IsControl))
            throw RegistryErrors.InvalidSubject(subject, "it contains control characters");
    }
}
