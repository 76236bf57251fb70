using UsageStreams.Chaos;
using UsageStreams.Chaos.Ingest;
using UsageStreams.Chaos.Report;
using UsageStreams.Host;
using UsageStreams.Host.Commands;

ChaosOptions? options;
try
{
    options = IngestProgram.IsMeant(args) ? null : ChaosOptions.Parse(args);
}
catch (ArgumentException error)
{
    Console.Error.WriteLine("chaos: " + error.Message);
    Console.Error.WriteLine(ChaosOptions.Usage);
    return ExitCodes.Usage;
}

using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopping.Cancel();
};
try
{
    if (options is null)
        return await IngestProgram.RunAsync(args, stopping.Token);
    var result = await ChaosRun.RunAsync(options, static text => Console.Error.WriteLine("chaos: " + text), TimeProvider.System, stopping.Token);
    Console.WriteLine((options.Json ? ResultWriter.Json(result) : ResultWriter.Text(result)).TrimEnd());
    return result.Passed ? ExitCodes.Done : ExitCodes.Failed;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return ExitCodes.Interrupted;
}
catch (Exception error) when (Faults.IsTold(error))
{
    Console.Error.WriteLine("chaos: " + error.Message);
    return Faults.ExitCode(error);
}
