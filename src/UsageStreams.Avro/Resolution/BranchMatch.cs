namespace UsageStreams.Avro.Resolution;

/// <summary>Chooses the branch of a reader's union for a value of the writer's, in the order Java's library does.</summary>
internal static class BranchMatch
{
    /// <summary>Index of the branch, or -1.</summary>
    public static int Find(AvroSchema writer, UnionSchema reader, Func<RecordSchema, RecordSchema, bool> isReadable)
    {
        var index = writer is NamedSchema named ? FindNamed(named, reader, isReadable) : IndexOf(reader, branch => branch.Type == writer.Type);
        return index >= 0 ? index : IndexOf(reader, branch => Promotion.IsPossible(writer.Type, branch.Type));
    }

    private static int FindNamed(NamedSchema writer, UnionSchema reader, Func<RecordSchema, RecordSchema, bool> isReadable)
    {
        var exact = IndexOf(reader, branch => Same(branch, named => named.FullName == writer.FullName || named.Aliases.Contains(writer.FullName)));
        if (exact >= 0)
            return exact;
        // The same name in another namespace: of several records, one that can be read.
        var readable = IndexOf(reader, branch => Same(branch, named => named.Name == writer.Name
            && (writer is not RecordSchema record || isReadable(record, (RecordSchema)named))));
        return readable;

        bool Same(AvroSchema branch, Func<NamedSchema, bool> matches) =>
            branch.Type == writer.Type && matches((NamedSchema)branch);
    }

    private static int IndexOf(UnionSchema union, Func<AvroSchema, bool> matches)
    {
        for (var i = 0; i < union.Branches.Count; i++)
        {
            if (matches(union.Branches[i]))
                return i;
        }

        return -1;
    }
}
