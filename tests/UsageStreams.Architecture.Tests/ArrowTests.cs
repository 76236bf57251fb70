using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace UsageStreams.Architecture.Tests;

public sealed class ArrowTests
{
    private static readonly IReadOnlyList<Project> Source = Project.In("src");

    [Fact]
    public void Every_project_has_its_place_among_the_arrows() => Source
        .Where(static project => !Arrows.Allowed.ContainsKey(project.Name))
        .Select(static project => $"{project.Folder}: the design draws no arrows for it; decide what it may use and add it to Arrows.cs.")
        .ShouldBeNone();

    [Fact]
    public void Project_references_go_down_only() => Source
        .SelectMany(static project => project.References
            .Except(AllowedFor(project), StringComparer.Ordinal)
            .Select(reference => $"{project.Folder}/{project.Name}.csproj refers to {reference}, to which no arrow goes; move the code, or hand it in from above."))
        .ShouldBeNone();

    [Fact]
    public void Build_references_are_only_those_that_generate_code() => Source
        .SelectMany(static project => project.BuildReferences
            .Except(Arrows.AllowedAtBuild.GetValueOrDefault(project.Name, []), StringComparer.Ordinal)
            .Select(reference => $"{project.Folder}/{project.Name}.csproj builds with {reference}; only code generators are built with, and Arrows.cs names them."))
        .ShouldBeNone();

    [Fact]
    public void Assemblies_use_what_the_arrows_allow_even_where_a_reference_is_inherited()
    {
        Dictionary<string, string> projectOf = Source.ToDictionary(static project => project.AssemblyName, static project => project.Name, StringComparer.Ordinal);

        Source.SelectMany(project => AssemblyReferences(project)
                .Where(projectOf.ContainsKey)
                .Select(assembly => projectOf[assembly])
                .Except(AllowedFor(project), StringComparer.Ordinal)
                .Select(used => $"{project.Folder} uses types of {used}, to which no arrow goes; move the code, or hand it in from above."))
            .ShouldBeNone();
    }

    [Fact]
    public void Only_projects_that_may_know_Kafka_do() => Source
        .Where(static project => !Arrows.MayUseKafka.Contains(project.Name))
        .Where(static project => AssemblyReferences(project).Concat(project.Packages).Any(static used => used is "Confluent.Kafka" or "librdkafka.redist"))
        .Select(static project => $"{project.Folder} uses the Kafka client; it must not know Kafka: take what it needs as values.")
        .ShouldBeNone();

    private static string[] AllowedFor(Project project) => Arrows.Allowed.GetValueOrDefault(project.Name, []);

    private static List<string> AssemblyReferences(Project project)
    {
        string file = Path.Combine(AppContext.BaseDirectory, $"{project.AssemblyName}.dll");
        File.Exists(file).ShouldBeTrue($"{project.AssemblyName}.dll is not beside the tests; refer to {project.Name} in UsageStreams.Architecture.Tests.csproj.");
        using var reader = new PEReader(File.OpenRead(file));
        MetadataReader metadata = reader.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
