namespace UsageStreams.Model;

/// <summary>Makes an expression ready to judge events.</summary>
internal static class FilterCompiler
{
    public static FilterNode Compile(FilterExpression expression) => expression switch
    {
        AllOf all => new AllNode(Array.ConvertAll(all.Parts, Compile)),
        AnyOf any => new AnyNode(Array.ConvertAll(any.Parts, Compile)),
        Not not => new NotNode(Compile(not.Inner)),
        Presence presence => new PresenceNode(presence.Field, presence.Known),
        Comparison comparison => Compile(comparison),
        Membership membership => Compile(membership),
        _ => throw new ModelException($"{expression.GetType().Name} can't be compiled; add it to FilterCompiler."),
    };

    private static FilterNode Compile(Comparison comparison) => comparison.Literal.Kind switch
    {
        FilterKind.Text => new TextNode(comparison.Field, comparison.Operator, comparison.Literal.Text),
        FilterKind.Number => new NumberNode(comparison.Field, comparison.Operator, comparison.Literal.Number),
        // What is neither true nor false equals neither, and is unequal to neither.
        _ => new TruthNode(comparison.Field, comparison.Literal.Truth == (comparison.Operator == FilterOperator.Equal)),
    };

    private static FilterNode Compile(Membership membership) => membership.Literals[0].Kind switch
    {
        FilterKind.Text => new TextSetNode(membership.Field, membership.Literals.Select(static literal => literal.Text).ToHashSet(StringComparer.Ordinal)),
        FilterKind.Number => new NumberSetNode(membership.Field, membership.Literals.Select(static literal => literal.Number).ToHashSet()),
        _ => new TruthSetNode(membership.Field, membership.Literals.Any(static literal => literal.Truth), membership.Literals.Any(static literal => !literal.Truth)),
    };
}
