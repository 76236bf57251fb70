using System.CommandLine;

namespace UsageStreams.Host.Commands;

/// <summary>The command line as a whole.</summary>
internal static class Verbs
{
    /// <summary>Describes it.</summary>
    /// <param name="verbose">The option for full errors.</param>
    public static RootCommand Root(out Option<bool> verbose)
    {
        verbose = new Option<bool>("--verbose") { Description = "Tell errors with the place in the code they come from", Recursive = true };
        return new RootCommand("Usage events on Kafka, metered, billed and delivered.\n\n" + ExitCodes.Help)
        {
            verbose,
            UpCommand.Describe(),
            WorkerCommand.Describe(),
            ImportCommand.Describe(),
            RefCommand.Describe(),
            CatalogCommand.Describe(),
            RegionsCommand.Describe(),
            GenerateCommand.Describe(),
            GatewayCommand.Describe(),
            TopicsCommand.Describe(),
            ExceptionsCommand.Describe(),
            ExplainCommand.Describe(),
            DescribeCommand.Describe(),
            BrokerCommand.Describe(),
            SandboxCommand.Describe(),
        };
    }
}
