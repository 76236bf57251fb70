using UsageStreams.Streams.Queries;

namespace UsageStreams.Streams.Internal.Queries;

/// <summary>What is said when a store can't answer.</summary>
internal static class StoreErrors
{
    public static StoreUnavailableException NotRunning(string store, string state) => new(
        StoreUnavailableReason.NotRunning, store, $"Store '{store}' can't be asked: {state}. Start the application, and ask while it runs.");

    public static StoreUnavailableException Restoring(string store, TaskId task) => new(
        StoreUnavailableReason.Restoring, store, $"Store '{store}' of task {task} is being restored. Ask again later; KafkaStreams.RestoreProgressed tells how far it is.")
    {
        Task = task,
    };

    public static StoreUnavailableException NotHere(string store, TaskId task, string? server) => new(
        StoreUnavailableReason.NotHere,
        store,
        $"Task {task} with its part of store '{store}' is not on this instance. "
        + (server is null
            ? "No other is known to have it: it is on its way, or StreamsOptions.ApplicationServer is not set. Ask again later."
            : $"Instance '{server}' has it: ask there."))
    {
        Task = task,
        ApplicationServer = server,
    };

    public static StoreUnavailableException NoTask(string store, string subTopology) => new(
        StoreUnavailableReason.NotHere, store, $"No task of sub-topology '{subTopology}', which has store '{store}', is on this instance. Ask the others, or again later.");
}
