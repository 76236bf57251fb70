using System.Net;
using System.Text.Json;
using UsageStreams.Host.Generate;
using UsageStreams.Model;

namespace UsageStreams.Chaos.Ingest;

/// <summary>
/// A client as one should be written: it sends events until each is acknowledged, always with the same ids, waits as long as it is told, and takes nothing for
/// sent that it has no answer for. Sometimes it gives up before the answer comes, as clients do.
/// </summary>
internal sealed class Sender(HttpClient client, Acknowledged acknowledged, SenderCounts counts, Xoshiro random)
{
    private const double GivesUp = 0.02;

    /// <summary>Sends events until each is acknowledged.</summary>
    public async Task SendAsync(IReadOnlyList<UsageEvent> events, CancellationToken cancellation)
    {
        for (var attempt = 0; events.Count > 0; attempt++)
        {
            Interlocked.Increment(ref counts.Requests);
            if (attempt > 0)
                Interlocked.Increment(ref counts.Retries);
            var (left, wait) = await TryAsync(events, cancellation);
            events = left;
            if (events.Count > 0)
                await Task.Delay(wait, cancellation);
        }
    }

    private async Task<(IReadOnlyList<UsageEvent> Left, TimeSpan Wait)> TryAsync(IReadOnlyList<UsageEvent> events, CancellationToken cancellation)
    {
        var shortly = TimeSpan.FromMilliseconds(50 + random.NextInt(200));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var gaveUp = random.Chance(GivesUp);
        if (gaveUp)
            patience.CancelAfter(TimeSpan.FromMilliseconds(random.NextInt(60)));
        try
        {
            using var request = EventForms.Request(events, random);
            using var response = await client.SendAsync(request, patience.Token);
            Interlocked.Increment(ref counts.Statuses[(int)response.StatusCode]);
            var wait = response.Headers.RetryAfter?.Delta ?? shortly;
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.MultiStatus or HttpStatusCode.UnprocessableEntity or HttpStatusCode.ServiceUnavailable
                ? (Left(await JsonDocument.ParseAsync(body, cancellationToken: patience.Token), events), wait)
                : (events, wait);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            // An answer that did not come, or not whole, is no answer.
            Interlocked.Increment(ref gaveUp ? ref counts.GivenUp : ref counts.Unanswered);
            return (events, shortly);
        }
    }

    private List<UsageEvent> Left(JsonDocument answer, IReadOnlyList<UsageEvent> events)
    {
        using (answer)
        {
            if (!answer.RootElement.TryGetProperty("results", out var results))
                return [.. events];
            List<UsageEvent> left = [];
            foreach (var result in results.EnumerateArray())
            {
                var usage = events[result.GetProperty("index").GetInt32()];
                switch (result.GetProperty("status").GetString())
                {
                    case "accepted":
                        acknowledged.Add(Acknowledged.NumberOf(usage), result.GetProperty("partition").GetInt32(), result.GetProperty("offset").GetInt64());
                        break;
                    case "refused":
                        counts.Refusal = result.GetRawText();
                        Interlocked.Increment(ref counts.Refused);
                        break;
                    default:
                        Interlocked.Increment(ref counts.Unconfirmed);
                        left.Add(usage);
                        break;
                }
            }

            return left;
        }
    }
}

/// <summary>What clients met, all together.</summary>
internal sealed class SenderCounts
{
    public readonly int[] Statuses = new int[600];
    public int Requests;
    public int Retries;
    public int GivenUp;
    public int Unanswered;
    public int Refused;
    public int Unconfirmed;

    /// <summary>One of the refusals, where there was any.</summary>
    public volatile string? Refusal;
}
