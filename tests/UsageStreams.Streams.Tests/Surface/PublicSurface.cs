using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace UsageStreams.Streams.Tests.Surface;

/// <summary>Everything of an assembly that its users can see, a line each, in a fixed order.</summary>
internal sealed class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private readonly NullabilityInfoContext _nullability = new();

    public static string Of(Assembly assembly)
    {
        var surface = new PublicSurface();
        IEnumerable<string> types = assembly.GetExportedTypes()
            .OrderBy(static t => t.Namespace, StringComparer.Ordinal).ThenBy(static t => TypeText.Named(t), StringComparer.Ordinal)
            .Select(surface.Type);
        return string.Join('\n', types);
    }

    private string Type(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return $"{type.Namespace}: delegate {Signature(type.GetMethod("Invoke")!, TypeText.Named(type))}{TypeText.Constraints(type.GetGenericArguments())}\n";
        string bases = string.Join(", ", Bases(type));
        string header = $"{type.Namespace}: {Kind(type)} {TypeText.Named(type)}{(bases.Length == 0 ? "" : $" : {bases}")}{TypeText.Constraints(type.GetGenericArguments())}";
        return string.Concat(Members(type).Order(StringComparer.Ordinal).Select(static m => $"  {m}\n").Prepend(header + "\n"));
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum)
            return "enum";
        if (type.IsInterface)
            return "interface";
        bool isRecord = type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", Declared) is not null;
        if (type.IsValueType)
            return $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{(isRecord ? "record " : "")}struct";
        string modifier = type switch
        {
            { IsAbstract: true, IsSealed: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsSealed: true } => "sealed ",
            _ => "",
        };
        return $"{modifier}{(isRecord ? "record" : "class")}";
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum)
            yield break;
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            yield return TypeText.Of(parent);
        IEnumerable<Type> interfaces = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(static i => i.IsPublic && !i.Name.StartsWith("IEquatable", StringComparison.Ordinal));
        foreach (string name in interfaces.Select(TypeText.Of).Order(StringComparer.Ordinal))
            yield return name;
    }

    private IEnumerable<string> Members(Type type)
    {
        foreach (FieldInfo field in type.GetFields(Declared).Where(static f => IsVisible(f.Attributes) && !f.IsSpecialName))
        {
            string value = field.IsLiteral ? $" = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}" : "";
            yield return type.IsEnum ? $"{field.Name}{value}" : $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{TypeText.Of(field.FieldType, _nullability.Create(field))} {field.Name}{value}";
        }

        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(static c => IsVisible(c.Attributes) && !c.IsDefined(typeof(CompilerGeneratedAttribute))))
            yield return $"{Access(constructor)}{type.Name.Split('`')[0]}({Parameters(constructor)})";
        foreach (PropertyInfo property in type.GetProperties(Declared).Where(static p => !p.Name.Contains('.', StringComparison.Ordinal)))
        {
            string accessors = string.Concat(property.GetAccessors(nonPublic: true).Where(static a => IsVisible(a.Attributes)).Select(Accessor));
            if (accessors.Length > 0)
                yield return $"{Modifiers(property.GetAccessors(nonPublic: true).First(static a => IsVisible(a.Attributes)))}{TypeText.Of(property.PropertyType, _nullability.Create(property))} {Indexed(property)} {{ {accessors}}}";
        }

        foreach (EventInfo @event in type.GetEvents(Declared).Where(static e => IsVisible(e.AddMethod!.Attributes)))
            yield return $"event {TypeText.Of(@event.EventHandlerType!)} {@event.Name}";
        foreach (MethodInfo method in type.GetMethods(Declared).Where(IsShown))
            yield return Modifiers(method) + Signature(method, method.IsGenericMethod ? $"{method.Name}<{string.Join(", ", method.GetGenericArguments().Select(static a => a.Name))}>" : method.Name)
                + TypeText.Constraints(method.GetGenericArguments());
    }

    private string Indexed(PropertyInfo property) => property.GetIndexParameters() is { Length: > 0 } indexes
        ? $"this[{string.Join(", ", indexes.Select(Parameter))}]"
        : property.Name;

    private static string Accessor(MethodInfo accessor)
    {
        bool isInit = accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
        return (accessor.IsFamily || accessor.IsFamilyOrAssembly ? "protected " : "") + (accessor.Name.StartsWith("get_", StringComparison.Ordinal) ? "get; " : isInit ? "init; " : "set; ");
    }

    private static bool IsShown(MethodInfo method) => IsVisible(method.Attributes)
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !method.IsDefined(typeof(CompilerGeneratedAttribute))
        && !method.Name.Contains('.', StringComparison.Ordinal) && !method.Name.Contains('<', StringComparison.Ordinal);

    // Private protected members are for this assembly alone.
    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method)
    {
        string kind = method switch
        {
            { IsStatic: true } => "static ",
            { DeclaringType.IsInterface: true } => "",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } => method.GetBaseDefinition() == method ? "virtual " : "override ",
            _ => "",
        };
        return Access(method) + kind;
    }

    private string Signature(MethodInfo method, string name) =>
        $"{(method.ReturnType.IsByRef ? "ref " : "")}{TypeText.Of(method.ReturnType, _nullability.Create(method.ReturnParameter))} {name}({Parameters(method)})";

    private string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private string Parameter(ParameterInfo parameter)
    {
        string way = parameter switch
        {
            { IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) => "params ",
            _ => "",
        };
        string value = parameter.HasDefaultValue ? $" = {Convert.ToString(parameter.DefaultValue ?? "default", CultureInfo.InvariantCulture)}" : "";
        return $"{way}{TypeText.Of(parameter.ParameterType, _nullability.Create(parameter))} {parameter.Name}{value}";
    }
}
