namespace UsageStreams.Streams;

/// <summary>
/// User code that sees records one by one. One instance per task, made by the supplier given to <c>Process</c>, called by one thread.
/// </summary>
/// <typeparam name="TKeyIn">Key of what comes in.</typeparam>
/// <typeparam name="TValueIn">Value of what comes in.</typeparam>
/// <typeparam name="TKeyOut">Key of what is forwarded.</typeparam>
/// <typeparam name="TValueOut">Value of what is forwarded.</typeparam>
public interface IProcessor<TKeyIn, TValueIn, TKeyOut, TValueOut>
{
    /// <summary>Called once, when the task's stores and the global tables are restored and before the first record.</summary>
    void Init(ProcessorContext<TKeyOut, TValueOut> context);

    /// <summary>
    /// Called for each record. What it throws stops the application with an error that names the node and the record, unless it is a
    /// <see cref="RetriableException"/>.
    /// </summary>
    void Process(in Record<TKeyIn, TValueIn> record);

    /// <summary>Called once when the task leaves this thread. Nothing may be forwarded or stored any more.</summary>
    void Close()
    {
    }
}
