using Microsoft.Extensions.Logging;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>Puts what the engine logs beside the test's result.</summary>
internal sealed class TestLogger : ILogger<KafkaStreams>
{
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _output?.WriteLine($"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds:0.000} {logLevel} {formatter(state, exception)} {exception?.InnerException?.Message}");
    }
}
