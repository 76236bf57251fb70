namespace UsageStreams.Avro;

/// <summary>null, boolean, int, long, float, double, bytes or string.</summary>
public sealed class PrimitiveSchema : AvroSchema
{
    internal PrimitiveSchema(AvroType type, SchemaAttributes attributes)
        : base(attributes) => Type = type;

    /// <inheritdoc/>
    public override AvroType Type { get; }
}

/// <summary>A list of items of one schema.</summary>
public sealed class ArraySchema : AvroSchema
{
    private int _minimumItemSize = -1;

    internal ArraySchema(AvroSchema items, SchemaAttributes attributes)
        : base(attributes) => Items = items;

    /// <inheritdoc/>
    public override AvroType Type => AvroType.Array;

    /// <summary>Schema of an item.</summary>
    public AvroSchema Items { get; }

    /// <summary>Fewest bytes an item takes; known once the records it may lie in are complete.</summary>
    internal int MinimumItemSize => _minimumItemSize >= 0 ? _minimumItemSize : _minimumItemSize = SchemaSizes.MinimumOf(Items);
}

/// <summary>Values of one schema by string key.</summary>
public sealed class MapSchema : AvroSchema
{
    private int _minimumItemSize = -1;

    internal MapSchema(AvroSchema values, SchemaAttributes attributes)
        : base(attributes) => Values = values;

    /// <inheritdoc/>
    public override AvroType Type => AvroType.Map;

    /// <summary>Schema of a value.</summary>
    public AvroSchema Values { get; }

    /// <summary>Fewest bytes a key and its value take; known once the records it may lie in are complete.</summary>
    internal int MinimumItemSize => _minimumItemSize >= 0 ? _minimumItemSize : _minimumItemSize = 1 + SchemaSizes.MinimumOf(Values);
}

/// <summary>One of several schemas.</summary>
public sealed class UnionSchema : AvroSchema
{
    internal UnionSchema(IReadOnlyList<AvroSchema> branches)
        : base(SchemaAttributes.None) => Branches = branches;

    /// <inheritdoc/>
    public override AvroType Type => AvroType.Union;

    /// <summary>The branches in order; a value names its branch by index.</summary>
    public IReadOnlyList<AvroSchema> Branches { get; }
}

/// <summary>A schema with a name, to which others may refer: record, enum or fixed.</summary>
public abstract class NamedSchema : AvroSchema
{
    private protected NamedSchema(SchemaName name, string? doc, SchemaAttributes attributes)
        : base(attributes)
    {
        Name = name.Name;
        Namespace = name.Namespace;
        FullName = name.FullName;
        Aliases = name.Aliases;
        Doc = doc;
    }

    /// <summary>Name without namespace.</summary>
    public string Name { get; }

    /// <summary>Namespace, or an empty string.</summary>
    public string Namespace { get; }

    /// <summary>Namespace, dot, name; only the name in the empty namespace.</summary>
    public string FullName { get; }

    /// <summary>Full names the type was known by.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>What the type is for.</summary>
    public string? Doc { get; }
}

/// <summary>Named symbols.</summary>
public sealed class EnumSchema : NamedSchema
{
    internal EnumSchema(SchemaName name, string? doc, IReadOnlyList<string> symbols, string? defaultSymbol, SchemaAttributes attributes)
        : base(name, doc, attributes)
    {
        Symbols = symbols;
        Default = defaultSymbol;
    }

    /// <inheritdoc/>
    public override AvroType Type => AvroType.Enum;

    /// <summary>The symbols; a value is an index into them.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>What a reader takes for a symbol it does not know; null when there is nothing to take.</summary>
    public string? Default { get; }
}

/// <summary>A fixed number of bytes.</summary>
public sealed class FixedSchema : NamedSchema
{
    internal FixedSchema(SchemaName name, string? doc, int size, SchemaAttributes attributes)
        : base(name, doc, attributes) => Size = size;

    /// <inheritdoc/>
    public override AvroType Type => AvroType.Fixed;

    /// <summary>Number of bytes, 0 or more.</summary>
    public int Size { get; }
}
