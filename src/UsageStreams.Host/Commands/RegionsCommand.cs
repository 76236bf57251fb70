using System.CommandLine;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Reference;
using UsageStreams.Host.Regions;

namespace UsageStreams.Host.Commands;

/// <summary><c>regions</c>: who is at home where.</summary>
internal static class RegionsCommand
{
    public static Command Describe() => new("regions", """
        Check the file that says which region is home to which tenants.
        Example: usagestreams regions check regions.yaml --bootstrap kafka:9092 --registry http://registry:8081
        """)
    {
        DescribeCheck(),
    };

    private static Command DescribeCheck()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file" };
        var common = new CommonOptions();
        var command = new Command("check", "Check the file, and that every tenant that is published has exactly one home") { file };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var check = new ResidencyCheck(new ResidencyFile(Files.MustExist(parsed.GetValue(file)!)).Read());
            var access = common.Access(parsed)!;
            using var session = await KafkaSession.OpenAsync(access, cancellation);
            await Task.Run(() => check.Read(new ReferenceTopics(access, session.Values), cancellation), cancellation);
            var faults = check.Faults().ToList();
            foreach (var fault in faults.Take(ResidencyCheck.Limit))
                await parsed.InvocationConfiguration.Error.WriteLineAsync(fault);
            if (faults.Count > 0)
                throw new HostException(ExitCodes.Failed, FormattableString.Invariant($"{faults.Count} of {check.Homes.Count} tenants have no home, or several."));
            foreach (var home in check.Homes.Values.CountBy(static home => home).OrderBy(static home => home.Key, StringComparer.Ordinal))
                await parsed.InvocationConfiguration.Output.WriteLineAsync(FormattableString.Invariant($"{home.Key}: {home.Value} tenants"));
            return ExitCodes.Done;
        });
        return command;
    }
}
