namespace UsageStreams.Model;

/// <summary>A filter as it was written: what <see cref="FilterParser"/> reads, <see cref="FilterPrinter"/> writes and <see cref="FilterCompiler"/> compiles.</summary>
internal abstract record FilterExpression;

/// <summary>Several expressions that are joined by the same word.</summary>
internal abstract record FilterGroup(FilterExpression[] Parts) : FilterExpression
{
    public virtual bool Equals(FilterGroup? other) => other is not null && EqualityContract == other.EqualityContract && Parts.AsSpan().SequenceEqual(other.Parts);

    public override int GetHashCode() => HashCode.Combine(EqualityContract, Parts.Length, Parts.Length == 0 ? null : Parts[0]);
}

/// <summary>All parts hold.</summary>
internal sealed record AllOf(params FilterExpression[] Parts) : FilterGroup(Parts);

/// <summary>At least one part holds.</summary>
internal sealed record AnyOf(params FilterExpression[] Parts) : FilterGroup(Parts);

/// <summary>The inner expression does not hold.</summary>
internal sealed record Not(FilterExpression Inner) : FilterExpression;

/// <summary>A field is there, or is not.</summary>
internal sealed record Presence(EventField Field, bool Known) : FilterExpression;

/// <summary>A field against a literal.</summary>
internal sealed record Comparison(EventField Field, FilterOperator Operator, FilterLiteral Literal) : FilterExpression;

/// <summary>A field against several literals of one kind.</summary>
internal sealed record Membership(EventField Field, FilterLiteral[] Literals) : FilterExpression
{
    public bool Equals(Membership? other) => other is not null && Field == other.Field && Literals.AsSpan().SequenceEqual(other.Literals);

    public override int GetHashCode() => HashCode.Combine(Field, Literals.Length);
}

/// <summary>How a field and a literal are compared.</summary>
internal enum FilterOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>The kinds of literals; a field is compared as the kind of the literal it meets.</summary>
internal enum FilterKind
{
    Text,
    Number,
    Truth,
}

/// <summary>A literal; only the member of its kind says something.</summary>
internal readonly record struct FilterLiteral(FilterKind Kind, string Text, decimal Number, bool Truth)
{
    public static FilterLiteral Of(string text) => new(FilterKind.Text, text, 0, Truth: false);

    public static FilterLiteral Of(decimal number) => new(FilterKind.Number, string.Empty, number, Truth: false);

    public static FilterLiteral Of(bool truth) => new(FilterKind.Truth, string.Empty, 0, truth);
}
