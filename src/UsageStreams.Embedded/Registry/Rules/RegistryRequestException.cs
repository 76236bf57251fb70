namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>A request that the registry answers with an error. <see cref="RegistryErrors"/> makes them.</summary>
internal sealed class RegistryRequestException(int status, int code, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The <c>error_code</c> of the answer: clients tell errors apart by it.</summary>
    public int Code { get; } = code;
}
