using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using UsageStreams.Sinks.Telemetry;

namespace UsageStreams.Sinks.Runtime;

/// <summary>Repeats what may pass, for as long as it takes, and leaves a failing system alone for a while.</summary>
internal static class DeliveryPipeline
{
    /// <summary>Around an attempt with its wait for a place: retry outside, circuit breaker inside.</summary>
    public static ResiliencePipeline Around(string system, SinkWorkerOptions options, TimeProvider clock, ILogger logger) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(Retry(system, options, logger))
            .AddCircuitBreaker(Breaker(system, options, logger))
            .Build();

    /// <summary>Around the call alone, so that the wait for a place doesn't count.</summary>
    public static ResiliencePipeline Attempt(SinkWorkerOptions options, TimeProvider clock) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }.AddTimeout(options.AttemptTimeout).Build();

    private static RetryStrategyOptions Retry(string system, SinkWorkerOptions options, ILogger logger) => new()
    {
        ShouldHandle = new PredicateBuilder().Handle<TransientSinkException>().Handle<TimeoutRejectedException>().Handle<BrokenCircuitException>(),
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.RetryDelay,
        MaxDelay = options.MaxRetryDelay,
        DelayGenerator = static arguments => ValueTask.FromResult(arguments.Outcome.Exception switch
        {
            TransientSinkException { RetryAfter: { } wait } => wait,
            BrokenCircuitException { RetryAfter: { } wait } => wait,
            _ => (TimeSpan?)null,
        }),
        OnRetry = arguments =>
        {
            var error = arguments.Outcome.Exception;
            var throttled = error is TransientSinkException { IsThrottled: true };
            SinkMetrics.Repeated(system, throttled);
            if (!throttled && error is not BrokenCircuitException)
                SinkLog.Repeats(logger, system, arguments.AttemptNumber + 1, arguments.RetryDelay, error?.Message);
            return ValueTask.CompletedTask;
        },
    };

    // Being throttled is no failure: the system works and says how much it takes.
    private static CircuitBreakerStrategyOptions Breaker(string system, SinkWorkerOptions options, ILogger logger) => new()
    {
        ShouldHandle = new PredicateBuilder().Handle<TransientSinkException>(error => !error.IsThrottled).Handle<TimeoutRejectedException>(),
        FailureRatio = 0.5,
        MinimumThroughput = 8,
        SamplingDuration = TimeSpan.FromSeconds(30),
        BreakDuration = options.BreakDuration,
        OnOpened = arguments =>
        {
            SinkLog.Opened(logger, system, arguments.BreakDuration);
            return ValueTask.CompletedTask;
        },
        OnClosed = _ =>
        {
            SinkLog.Closed(logger, system);
            return ValueTask.CompletedTask;
        },
    };
}
