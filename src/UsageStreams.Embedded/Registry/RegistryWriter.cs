using Confluent.Kafka;
using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry;

/// <summary>Carries out writes one at a time: decide on the newest state, append, wait until the records have been read back, answer.</summary>
internal sealed class RegistryWriter(SchemaStore store, SchemasTopic topic, SchemasWriter log, TimeSpan timeout) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Carries out a write.</summary>
    /// <param name="decide">The rule that decides, given the newest state; it throws to refuse.</param>
    /// <param name="cancellationToken">Gives up while nothing is written yet; afterwards the write is carried to its end.</param>
    /// <exception cref="RegistryRequestException">Refused; or 42209, 50001, 50002 when the log did not take it.</exception>
    public async Task<T> WriteAsync<T>(Func<RegistryState, Decision<T>> decide, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // After a write whose outcome was never told, the log may hold more than was read; deciding on less would give an id twice.
            await store.WaitUntilReadAsync(await topic.EndOffsetAsync(), timeout, cancellationToken);
            Decision<T> decision = decide(store.Current);
            if (!decision.Records.IsEmpty)
                await store.WaitUntilReadAsync(await log.AppendAsync(decision.Records), timeout, CancellationToken.None);
            return decision.Answer;
        }
        catch (KafkaException error) when (error.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            throw RegistryErrors.TooLarge(error);
        }
        catch (KafkaException error)
        {
            throw error.Error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut
                ? RegistryErrors.StoreTimeout(error)
                : RegistryErrors.Store(error);
        }
        catch (TimeoutException error)
        {
            throw RegistryErrors.StoreTimeout(error);
        }
        catch (IOException error)
        {
            throw RegistryErrors.Store(error);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
