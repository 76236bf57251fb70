using UsageStreams.Chaos;
using UsageStreams.Chaos.Report;
using UsageStreams.Host;
using UsageStreams.Host.Commands;

ChaosOptions options;
try
{
    options = ChaosOptions.Parse(args);
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
