using System.Reflection;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>
/// Whether a value that was read from a store can be changed in place, which no store would notice: then the reading counts as a trace of the record.
/// </summary>
internal static class Mutability<T>
{
    public static readonly bool CanChangeInPlace = !Mutability.IsSafe(typeof(T), []);
}

internal static class Mutability
{
    /// <summary>Whether a copy of the value, or reference to it, can't be used to change what it came from.</summary>
    public static bool IsSafe(Type type, HashSet<Type> asked)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || !asked.Add(type))
            return true;
        if (type.Namespace is "System" && type.IsValueType && !type.IsGenericType)
            return true;
        // An unsealed class may be a mutable one; a struct is a copy, so that its own fields may be writable.
        if (!type.IsValueType && (!type.IsSealed || type.IsArray))
            return false;
        return Array.TrueForAll(
            type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
            field => (type.IsValueType || field.IsInitOnly) && IsSafe(field.FieldType, asked))
            && (type.BaseType is null || type.IsValueType || type.BaseType == typeof(object) || IsSafeBase(type.BaseType, asked));
    }

    private static bool IsSafeBase(Type type, HashSet<Type> asked) => Array.TrueForAll(
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
        field => field.IsInitOnly && IsSafe(field.FieldType, asked))
        && (type.BaseType is null || type.BaseType == typeof(object) || IsSafeBase(type.BaseType, asked));
}
