using System.Reflection;

namespace UsageStreams.Streams.Tests.Surface;

/// <summary>Names of types as C# writes them, without namespaces.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(byte)] = "byte",
        [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(double)] = "double", [typeof(decimal)] = "decimal",
    };

    public static string Of(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (type.IsByRef)
            return Of(type.GetElementType()!);
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Of(value)}?";
        return type.IsGenericParameter ? type.Name : Named(type);
    }

    /// <summary>With the <c>?</c> of a reference that may be null; of a type parameter it can't be told.</summary>
    public static string Of(Type type, NullabilityInfo nullability) =>
        nullability.ReadState == NullabilityState.Nullable && !type.IsGenericParameter && !type.IsByRef && Nullable.GetUnderlyingType(type) is null ? $"{Of(type)}?" : Of(type);

    public static string Named(Type type)
    {
        // A nested type repeats the arguments of the type around it.
        string outer = type.DeclaringType is { } declaring ? $"{declaring.Name.Split('`')[0]}." : "";
        string name = outer + type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(static a => Variance(a) + Of(a)))}>" : name;
    }

    public static string Constraints(Type[] arguments) => string.Concat(arguments.Where(static a => a.IsGenericParameter).Select(static argument =>
    {
        bool isStruct = argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        bool isClass = argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint);
        string[] all =
        [
            .. isStruct ? ["struct"] : isClass ? (string[])["class"] : [],
            .. argument.GetGenericParameterConstraints().Where(static c => c != typeof(ValueType)).Select(Of),
        ];
        return all.Length == 0 ? "" : $" where {argument.Name} : {string.Join(", ", all)}";
    }));

    private static string Variance(Type argument)
    {
        if (!argument.IsGenericParameter)
            return "";
        GenericParameterAttributes variance = argument.GenericParameterAttributes & GenericParameterAttributes.VarianceMask;
        return variance switch
        {
            GenericParameterAttributes.Covariant => "out ",
            GenericParameterAttributes.Contravariant => "in ",
            _ => "",
        };
    }
}
