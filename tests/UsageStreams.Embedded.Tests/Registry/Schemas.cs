using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Tests.Registry;

/// <summary>Schemas that evolve in known ways.</summary>
internal static class Schemas
{
    public const string Plain = """{"type":"record","name":"Event","namespace":"test","fields":[{"name":"id","type":"string"}]}""";

    public const string WithOptional =
        """{"type":"record","name":"Event","namespace":"test","fields":[{"name":"id","type":"string"},{"name":"note","type":["null","string"],"default":null}]}""";

    public const string WithRequired =
        """{"type":"record","name":"Event","namespace":"test","fields":[{"name":"id","type":"string"},{"name":"note","type":"string"}]}""";

    public const string Other = """{"type":"record","name":"Other","namespace":"test","fields":[{"name":"n","type":"long"}]}""";

    public const string Embedding =
        """{"type":"record","name":"Envelope","namespace":"test","fields":[{"name":"event","type":"test.Event"},{"name":"copy","type":"Event"}]}""";

    public const string EmbeddingInlined =
        """{"type":"record","name":"Envelope","namespace":"test","fields":[{"name":"event","type":{"type":"record","name":"Event","fields":[{"name":"id","type":"string"}]}},{"name":"copy","type":"Event"}]}""";

    public static ProposedSchema Propose(this RegistryState state, string text, params SchemaReference[] references) =>
        ProposedSchema.Parse(state, "AVRO", text, references);
}
