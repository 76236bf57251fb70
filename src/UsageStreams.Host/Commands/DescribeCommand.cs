using System.CommandLine;
using UsageStreams.Avro.Registry;
using UsageStreams.Host.Work;
using UsageStreams.Topology;

namespace UsageStreams.Host.Commands;

/// <summary><c>describe</c>: pictures and tables of topologies, topics and metrics.</summary>
internal static class DescribeCommand
{
    public static Command Describe()
    {
        var folder = new Option<string?>("--output") { Description = "Folder to write Markdown files to; text on stdout without it" };
        var command = new Command("describe", """
            Describe topologies, topics and metrics, as text or as Markdown with pictures; asks nobody.
            Example: usagestreams describe --output topology-docs
            """) { folder };
        command.SetAction(async (parsed, cancellation) =>
        {
            // Nothing is asked of it: a description needs no schema ids.
            using var registry = new SchemaRegistryClient(new Uri("http://127.0.0.1:8081"));
            var pages = DescriptionPages.Of(new UsageSerdes(registry, new UsageTopics()));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(folder) is not { } target)
            {
                foreach (var page in pages)
                    await output.WriteLineAsync(page.Text);
                return ExitCodes.Done;
            }

            Directory.CreateDirectory(target);
            foreach (var page in pages)
            {
                await File.WriteAllTextAsync(Path.Combine(target, page.Name + ".md"), page.Markdown, cancellation);
                await output.WriteLineAsync("wrote " + Path.Combine(target, page.Name + ".md"));
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
