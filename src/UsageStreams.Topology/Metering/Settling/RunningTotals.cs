using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>Period-to-date usage, open windows and corrections included, within seconds of the event.</summary>
internal sealed class RunningTotals(KeyValueStore<RunningKey, RunningTotal> totals)
{
    /// <summary>Follows a window's actual contributions.</summary>
    /// <param name="key">The window's name.</param>
    /// <param name="window">The window.</param>
    /// <param name="contract">Its contract.</param>
    /// <param name="change">By how much they changed.</param>
    /// <param name="last">Event time of the latest event that came, Unix milliseconds; <see cref="long.MinValue"/> when none did.</param>
    public void Move(in WindowKey key, Window window, Contract contract, in Tally change, long last)
    {
        if (change is { Quantity: 0, Count: 0 }) return;
        var start = window.PeriodOf(contract, key.Start);
        var name = new RunningKey(key.Account, key.Metric, DateOnly.FromDateTime(start.UtcDateTime));
        var before = totals.TryGet(name, out var known) ? known : First(key, start);
        var time = last == long.MinValue ? before.Last : DateTimeOffset.FromUnixTimeMilliseconds(last);
        totals.Put(name, before with
        {
            Quantity = before.Quantity + change.Quantity,
            Count = before.Count + change.Count,
            Last = time > before.Last ? time : before.Last,
        });
    }

    private static RunningTotal First(in WindowKey key, DateTimeOffset start) => new()
    {
        Account = key.Account,
        Contract = key.Contract,
        Metric = key.Metric,
        PeriodStart = start,
        Quantity = 0,
        Count = 0,
        Last = DateTimeOffset.FromUnixTimeMilliseconds(key.Start),
    };
}

/// <summary>Names a running total.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Metric">Metric code.</param>
/// <param name="Period">First day of the billing period, UTC.</param>
internal readonly record struct RunningKey(string Account, string Metric, DateOnly Period);
