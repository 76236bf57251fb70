using UsageStreams.Avro.Registry;
using UsageStreams.Host.Work;
using UsageStreams.Topology;

namespace UsageStreams.Host.Tests.Commands;

public sealed class TopologyDocsTests
{
    [Fact]
    public void The_pages_in_the_repository_are_what_the_code_says()
    {
        using var registry = new SchemaRegistryClient(new Uri("http://registry.test"));
        foreach (var page in DescriptionPages.Of(new UsageSerdes(registry, new UsageTopics())))
        {
            var file = Path.Combine(RepositoryFolder.Root(), "topology-docs", page.Name + ".md");
            File.ReadAllText(file).ShouldBe(page.Markdown, $"{file} is stale: run ./dev docs and commit what it writes.");
        }
    }
}
