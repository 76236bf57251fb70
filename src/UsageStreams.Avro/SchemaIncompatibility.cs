namespace UsageStreams.Avro;

/// <summary>Why a reader cannot read everything a writer may write.</summary>
public enum SchemaIncompatibilityType
{
    /// <summary>A record, enum or fixed has another name, and the reader has no alias for the writer's; or one field of the reader stands for two of the writer's.</summary>
    NameMismatch,

    /// <summary>A fixed has another size.</summary>
    FixedSizeMismatch,

    /// <summary>The writer's enum has symbols that the reader's lacks, and the reader's has no default.</summary>
    MissingEnumSymbols,

    /// <summary>The reader has a field that the writer lacks, without a default.</summary>
    ReaderFieldMissingDefaultValue,

    /// <summary>The types differ and the writer's cannot be promoted to the reader's.</summary>
    TypeMismatch,

    /// <summary>The reader's union has no branch for what the writer may write.</summary>
    MissingUnionBranch,
}

/// <summary>One reason why two schemas do not go together.</summary>
/// <param name="Type">Kind of the reason.</param>
/// <param name="Path">Where in the reader's schema (for a union that the reader lacks a branch of: the writer's), as a JSON pointer such as <c>/fields/1/type</c>.</param>
/// <param name="Message">What differs, for a person.</param>
public sealed record SchemaIncompatibility(SchemaIncompatibilityType Type, string Path, string Message)
{
    /// <summary>The kind as the Confluent registry and Java's library spell it, such as <c>TYPE_MISMATCH</c>.</summary>
    public string Code => Type switch
    {
        SchemaIncompatibilityType.NameMismatch => "NAME_MISMATCH",
        SchemaIncompatibilityType.FixedSizeMismatch => "FIXED_SIZE_MISMATCH",
        SchemaIncompatibilityType.MissingEnumSymbols => "MISSING_ENUM_SYMBOLS",
        SchemaIncompatibilityType.ReaderFieldMissingDefaultValue => "READER_FIELD_MISSING_DEFAULT_VALUE",
        SchemaIncompatibilityType.TypeMismatch => "TYPE_MISMATCH",
        SchemaIncompatibilityType.MissingUnionBranch => "MISSING_UNION_BRANCH",
        _ => throw new InvalidOperationException($"There is no name for {Type}."),
    };
}
