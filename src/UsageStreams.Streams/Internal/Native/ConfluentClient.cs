using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>
/// The native client below one of Confluent.Kafka's. Its handle is internal there, so that it is found by name; another version of the
/// package may not have it, which <see cref="Check"/> says at start.
/// </summary>
internal sealed class ConfluentClient : INativeClient
{
    private const string Expected = "2.15.1";
    private static readonly Assembly Assembly = typeof(Handle).Assembly;
    private static readonly PropertyInfo? HandleProperty = typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic);

    private readonly SafeHandle _handle;
    private bool _held;

    public ConfluentClient(IClient client)
    {
        _handle = HandleProperty?.GetValue(client.Handle) as SafeHandle ?? throw Unknown("the property 'LibrdkafkaHandle' of 'Handle'");
        _handle.DangerousAddRef(ref _held);
    }

    /// <summary>The <c>rd_kafka_t</c>; valid until this is disposed.</summary>
    public nint Pointer => _handle.DangerousGetHandle();

    /// <summary>Finds out whether the engine knows this version of Confluent.Kafka.</summary>
    /// <exception cref="StreamsException">It doesn't.</exception>
    public static void Check()
    {
        if (HandleProperty is null)
            throw Unknown("the property 'LibrdkafkaHandle' of 'Handle'");
        _ = LibraryName();
    }

    /// <summary>The library that Confluent.Kafka uses, not a second copy of it.</summary>
    public static nint LoadLibrary()
    {
        // Asking for the version makes Confluent.Kafka choose and load its library, if it has not yet.
        _ = Library.Version;
        return NativeLibrary.Load(LibraryName(), Assembly, searchPath: null);
    }

    public void Dispose()
    {
        if (!_held)
            return;
        _held = false;
        _handle.DangerousRelease();
    }

    /// <summary>Confluent.Kafka carries one library for each kind of Linux, and holds the chosen one's calls as delegates.</summary>
    private static string LibraryName()
    {
        _ = Library.Version;
        var version = Assembly.GetType("Confluent.Kafka.Impl.Librdkafka")
            ?.GetField("_version", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null) as Delegate;
        object? name = version?.Method.DeclaringType?.GetField("DllName", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)?.GetRawConstantValue();
        return name as string ?? throw Unknown("the name of the native library");
    }

    private static StreamsException Unknown(string what) => new(
        $"Confluent.Kafka {Assembly.GetName().Version} does not have {what}, by which the engine reads and writes records natively. "
        + $"Use Confluent.Kafka {Expected}, the version that the engine is built for.");
}
