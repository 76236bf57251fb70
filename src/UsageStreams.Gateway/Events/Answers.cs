using System.ComponentModel;
using System.Text.Json.Serialization;

namespace UsageStreams.Gateway.Events;

/// <summary>What became of a request's events.</summary>
/// <param name="Accepted">Events that stand on all replicas in sync.</param>
/// <param name="Refused">Events that can't be taken as they are.</param>
/// <param name="Unconfirmed">Events of which Kafka did not say in time whether it has them.</param>
/// <param name="Results">One for each event, in their order.</param>
internal sealed record EventsAnswer(
    [property: Description("Events that stand on all replicas in sync: they will be counted, once.")] int Accepted,
    [property: Description("Events that can't be taken as they are: put them right, or leave them out.")] int Refused,
    [property: Description("Events of which Kafka did not say in time whether it has them: send them again with the same ids.")] int Unconfirmed,
    [property: Description("One for each event, in their order.")] IReadOnlyList<EventResult> Results);

/// <summary>What became of one event.</summary>
internal sealed record EventResult
{
    [Description("Where the event stood in the request, from 0.")]
    public required int Index { get; init; }

    [Description("The event's id, where one could be read.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    [Description("accepted, refused or unconfirmed.")]
    public required string Status { get; init; }

    [Description("Topic of an accepted event.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Topic { get; init; }

    [Description("Partition of an accepted event.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Partition { get; init; }

    [Description("Offset of an accepted event.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Offset { get; init; }

    [Description("Why the event was not accepted, for programs.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    [Description("Why the event was not accepted, for people.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }
}

/// <summary>Why a whole request was not taken; nothing of it was sent (RFC 9457).</summary>
internal sealed record Problem(
    [property: Description("The HTTP status.")] int Status,
    [property: Description("Why, for programs.")] string Code,
    [property: Description("Why, for people.")] string Detail);

/// <summary>Whether the gateway can take events.</summary>
internal sealed record Readiness(
    [property: Description("Whether it can.")] bool Ready,
    [property: Description("Why it can't; empty when it can.")] IReadOnlyList<string> Reasons);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EventsAnswer))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Readiness))]
internal sealed partial class AnswerJson : JsonSerializerContext;
