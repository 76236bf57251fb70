using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>The batch loop in C, with the same client and settings: what reading can do at most with this client. Needs a C compiler.</summary>
internal static class CLoop
{
    private const string Source = "batch_loop.c";
    private const int BytesPerRecord = 150;

    public static async Task<Measured> RunAsync(EngineLoad load)
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-c-");
        try
        {
            var program = Path.Combine(folder.FullName, "batch_loop");
            await OutputOfAsync("cc", "-O2", "-o", program, Path.Combine(AppContext.BaseDirectory, "Engine", Source), "-ldl");
            var settings = load.Connection.ConsumerConfig(load.Application("c")).Select(static setting => $"{setting.Key}={setting.Value}");
            var told = await OutputOfAsync(program, [Client(), load.Events, Text(EngineLoad.Partitions), Text(load.Records), .. settings]);
            var numbers = told.Split(' ', StringSplitOptions.TrimEntries);
            var bytes = long.Parse(numbers[1], CultureInfo.InvariantCulture);
            return bytes == (long)BytesPerRecord * load.Records
                ? new Measured(load.Records / double.Parse(numbers[0], CultureInfo.InvariantCulture), null)
                : throw new InvalidOperationException($"{load.Records} records of {BytesPerRecord} bytes were written to {load.Events}, and the loop in C read {bytes} bytes.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Client() => Directory.EnumerateFiles(AppContext.BaseDirectory, "librdkafka.so", SearchOption.AllDirectories).FirstOrDefault()
        ?? throw new ArgumentException($"The loop in C runs on Linux only: there is no librdkafka.so below {AppContext.BaseDirectory}. Leave consume-c out.");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> OutputOfAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"'{Path.GetFileName(program)}' ended with exit code {process.ExitCode}: {(await error).TrimEnd()}");
        }
        catch (Win32Exception e)
        {
            throw new ArgumentException($"consume-c needs a C compiler on PATH as 'cc' (Debian: apt-get install -y gcc libc6-dev): {e.Message}", e);
        }
    }
}
