using Spectre.Console;

namespace UsageStreams.Host.Commands;

/// <summary>Shows how far long work is, on stderr, where that is a terminal.</summary>
internal static class Progress
{
    /// <summary>A console on stderr: stdout is for results.</summary>
    public static IAnsiConsole Errors { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Whether someone looks.</summary>
    public static bool IsWatched => !Console.IsErrorRedirected;

    /// <summary>Does work that reports how much of <paramref name="total"/> is done.</summary>
    public static Task<T> ShowAsync<T>(string what, long total, Func<Action<long>, Task<T>> work) =>
        IsWatched && total > 0
            ? Errors.Progress().AutoClear(true).StartAsync(context =>
            {
                var bar = context.AddTask(Markup.Escape(what), maxValue: total);
                return work(done => bar.Value = done);
            })
            : work(static _ => { });
}
