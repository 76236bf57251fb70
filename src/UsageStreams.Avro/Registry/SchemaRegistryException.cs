namespace UsageStreams.Avro.Registry;

/// <summary>
/// The schema registry could not be reached or refused. Says nothing about the records at hand: whoever gets it tries again or stops,
/// but does not drop data.
/// </summary>
public class SchemaRegistryException : AvroException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was asked, what came back, and the next step. Never holds credentials.</param>
    /// <param name="isTransient">Whether trying again later may help.</param>
    /// <param name="status">HTTP status, or 0 when there was no answer.</param>
    /// <param name="errorCode">The registry's own code, or 0.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public SchemaRegistryException(string message, bool isTransient, int status = 0, int errorCode = 0, Exception? innerException = null)
        : base(message, innerException)
    {
        IsTransient = isTransient;
        Status = status;
        ErrorCode = errorCode;
    }

    /// <summary>Whether trying again later may help: no answer, or status 408, 429 or 5xx.</summary>
    public bool IsTransient { get; }

    /// <summary>HTTP status, or 0 when there was no answer.</summary>
    public int Status { get; }

    /// <summary>The registry's own code, such as 40403 for an unknown schema, or 0.</summary>
    public int ErrorCode { get; }
}

/// <summary>The registry refuses a schema because readers or writers of the subject's other versions would break.</summary>
public sealed class IncompatibleSchemaException : SchemaRegistryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="registryMessage">The registry's words.</param>
    /// <param name="errorCode">The registry's own code.</param>
    public IncompatibleSchemaException(string subject, string registryMessage, int errorCode)
        : base(
            $"The schema registry refuses the schema for subject '{subject}': {registryMessage} "
            + "Give new fields a default, keep renamed ones as aliases, or change the subject's compatibility level on purpose.",
            isTransient: false, status: 409, errorCode)
    {
        Subject = subject;
        RegistryMessage = registryMessage;
    }

    /// <summary>The subject.</summary>
    public string Subject { get; }

    /// <summary>The registry's words.</summary>
    public string RegistryMessage { get; }
}
