namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>The registry's errors by Confluent's codes. Five digits: the HTTP status times 100, and a number.</summary>
internal static class RegistryErrors
{
    public static RegistryRequestException SubjectNotFound(string subject) => Make(40401, $"Subject '{subject}' not found.");

    public static RegistryRequestException VersionNotFound(string subject, int version) =>
        Make(40402, $"Version {version} of subject '{subject}' not found; GET /subjects/{subject}/versions lists what there is.");

    public static RegistryRequestException NoLiveVersion(string subject) =>
        Make(40402, $"Subject '{subject}' has no version that is not deleted.");

    public static RegistryRequestException IdNotFound(int id) => Make(40403, $"Schema {id} not found.");

    public static RegistryRequestException IdNotANumber(string id) => new(404, 404, $"'{id}' is no schema id: ids are numbers from 1.");

    public static RegistryRequestException SchemaNotFound(string subject) => Make(40403, $"Schema not found under subject '{subject}'.");

    public static RegistryRequestException SubjectSoftDeleted(string subject) =>
        Make(40404, $"Subject '{subject}' was soft-deleted already; set permanent=true to delete it for good.");

    public static RegistryRequestException SubjectNotSoftDeleted(string subject) =>
        Make(40405, $"Subject '{subject}' is not deleted yet; delete it once without permanent=true first.");

    public static RegistryRequestException VersionSoftDeleted(string subject, int version) =>
        Make(40406, $"Version {version} of subject '{subject}' was soft-deleted already; set permanent=true to delete it for good.");

    public static RegistryRequestException VersionNotSoftDeleted(string subject, int version) =>
        Make(40407, $"Version {version} of subject '{subject}' is not deleted yet; delete it once without permanent=true first.");

    public static RegistryRequestException NoOwnCompatibility(string subject) =>
        Make(40408, $"Subject '{subject}' has no compatibility level of its own; set defaultToGlobal=true for the one that holds.");

    public static RegistryRequestException NoOwnMode(string subject) =>
        Make(40409, $"Subject '{subject}' has no mode of its own; set defaultToGlobal=true for the one that holds.");

    // Older releases send 409 as error_code, those since the end of 2025 send 40901; clients are told to test the status.
    public static RegistryRequestException Incompatible(string subject, IReadOnlyList<string> details) =>
        new(409, 409, $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{string.Join(", ", details)}]");

    public static RegistryRequestException InvalidSchema(string cause, Exception? innerException = null) =>
        Make(42201, $"Invalid schema: {cause}", innerException);

    public static RegistryRequestException InvalidSchemaType(string schemaType) =>
        Make(42201, $"Schema type '{schemaType}' is not supported: this registry takes AVRO only.");

    public static RegistryRequestException InvalidVersion(string version) =>
        Make(42202, $"The version '{version}' is neither a number from 1 to {int.MaxValue} nor 'latest'.");

    public static RegistryRequestException InvalidLevel(string? level) => Make(
        42203,
        $"The compatibility level '{level}' is none of NONE, BACKWARD, FORWARD, FULL, BACKWARD_TRANSITIVE, FORWARD_TRANSITIVE, FULL_TRANSITIVE.");

    public static RegistryRequestException InvalidMode(string? mode) =>
        Make(42204, $"The mode '{mode}' is not supported: this registry takes READWRITE and READONLY.");

    public static RegistryRequestException ReadOnly(string what) =>
        Make(42205, $"{what} is in a mode that permits no writes; PUT /mode {{\"mode\":\"READWRITE\"}} to permit them.");

    public static RegistryRequestException ChosenId(int id) =>
        Make(42205, $"The id {id} was chosen by the client, which needs the mode IMPORT, and this registry has none; leave 'id' out.");

    public static RegistryRequestException ReferenceExists(string subject, int version, IEnumerable<int> ids) =>
        Make(42206, $"Version {version} of subject '{subject}' is referenced by the schemas with the ids {string.Join(", ", ids)}; delete those first.");

    public static RegistryRequestException InvalidSubject(string subject, string cause) => Make(42208, $"The subject '{subject}' is not valid: {cause}.");

    public static RegistryRequestException TooLarge(Exception cause) =>
        Make(42209, $"The schema is too large for a record of the registry's topic: {cause.Message}. Raise the topic's max.message.bytes or split the schema.", cause);

    public static RegistryRequestException RuleSet() =>
        Make(42210, "This registry keeps no metadata and no rule sets; leave 'metadata' and 'ruleSet' out.");

    public static RegistryRequestException MissingBody(string expected) => new(422, 422, $"The request needs a JSON body: {expected}.");

    public static RegistryRequestException Malformed(string cause, Exception innerException) =>
        new(400, 400, $"The request's body is not the JSON that was expected: {cause}", innerException);

    public static RegistryRequestException Store(Exception cause) =>
        Make(50001, $"The registry's topic could not be read or written: {cause.Message} See whether the broker is up; the request may be repeated.", cause);

    public static RegistryRequestException StoreTimeout(Exception cause) =>
        Make(50002, $"The registry's topic did not answer in time: {cause.Message} See whether the broker is up; the request may be repeated.", cause);

    private static RegistryRequestException Make(int code, string message, Exception? innerException = null) => new(code / 100, code, message, innerException);
}
