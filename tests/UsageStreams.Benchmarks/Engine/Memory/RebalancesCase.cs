using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Memory;

/// <summary>
/// Applications with state, beside whose instances others come and go: the process's resident memory before and after 1,000 rebalances. There are
/// several of them, because the native client joins a group once a second at most.
/// </summary>
internal static class RebalancesCase
{
    private const int Applications = 8;
    private const int Rebalances = 1000;

    // Memory that is kept for good by whatever happens the first times.
    private const int Before = 200;
    private const int DefaultRecords = 20_000;

    // Members learn of a rebalance with their next heartbeat.
    private static readonly Dictionary<string, string> Fast = new(StringComparer.Ordinal) { ["heartbeat.interval.ms"] = "100" };

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, setting.Options.Records ?? DefaultRecords);
        await load.PublishAsync();
        var groups = await Task.WhenAll(Enumerable.Range(1, Applications).Select(number => Group.StartAsync(load, $"rebalances{number}")));
        try
        {
            await UpToAsync(groups, Before);
            var before = Resident();
            EngineSetting.Say($"{before:0} MiB after {groups.Sum(static group => group.Count)} rebalances");
            var counted = groups.Sum(static group => group.Count);
            var highest = before;
            for (var step = counted + (Rebalances / 5); step <= counted + Rebalances; step += Rebalances / 5)
            {
                await UpToAsync(groups, step);
                highest = Math.Max(highest, Resident());
                EngineSetting.Say($"{Resident():0} MiB after {groups.Sum(static group => group.Count)} rebalances");
            }

            return [Result(groups, before, highest)];
        }
        finally
        {
            foreach (var group in groups) await group.DisposeAsync();
        }
    }

    private static CaseResult Result(IReadOnlyList<Group> groups, double before, double highest)
    {
        var after = Resident();
        return new CaseResult("rebalances")
        {
            Figures = new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["resident before, MiB"] = before,
                [$"resident after {Rebalances} rebalances, MiB"] = after,
                ["highest between, MiB"] = highest,
                ["growth, %"] = ((after / before) - 1) * 100,
                ["begun anew"] = groups.Sum(static group => group.Recoveries),
            },
        };
    }

    private static async Task UpToAsync(IReadOnlyList<Group> groups, long rebalances) =>
        await Task.WhenAll(groups.Select(group => group.RebalanceAsync((rebalances + groups.Count - 1) / groups.Count)));

    private static double Resident() => ResidentMemory.WithoutGarbage() / (double)(1 << 20);

    /// <summary>An application with an instance that stays.</summary>
    private sealed class Group(Func<KafkaStreams> make, KafkaStreams stays) : IAsyncDisposable
    {
        /// <summary>Times that the group gave the instance partitions or took some.</summary>
        public long Count => stays.Metrics.Rebalances is var all ? all.Assigned + all.Revoked + all.Lost : 0;

        public long Recoveries => stays.Metrics.Recoveries;

        public static async Task<Group> StartAsync(EngineLoad load, string name)
        {
            var output = load.Output(name);
            await load.CreateAsync(output);
            var options = new StreamsOptions { ApplicationId = load.Application(name), Connection = load.Connection with { Settings = Fast } };
            var group = new Group(Make, Make());
            await group.BeginAsync(load.Records);
            return group;

            KafkaStreams Make() => new(EngineTopologies.Count(load, output, new ChangelogBytes()), options);
        }

        /// <summary>Has another instance come and go until the group has rebalanced so often.</summary>
        public async Task RebalanceAsync(long times)
        {
            while (Count < times)
            {
                await using (var comes = make())
                {
                    await comes.StartAsync();
                    await UntilAsync(comes, () => Tasks(comes) > 0 && Tasks(stays) + Tasks(comes) == EngineLoad.Partitions);
                }

                await UntilAsync(stays, () => Tasks(stays) == EngineLoad.Partitions);
            }
        }

        public ValueTask DisposeAsync() => stays.DisposeAsync();

        private static int Tasks(KafkaStreams streams) => streams.Metrics.Tasks.Count(static task => task.IsRunning);

        private static async Task UntilAsync(KafkaStreams streams, Func<bool> reached)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (!reached())
            {
                await timer.WaitForNextTickAsync();
                if (streams.Completion.IsFaulted) await streams.Completion;
            }
        }

        private async Task BeginAsync(int records)
        {
            await stays.StartAsync();
            await UntilAsync(stays, () => stays.Metrics is { RecordsConsumed: var read, Lag: 0 } && read >= records);
        }
    }
}
