using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

public sealed class ErrorTableTests
{
    public static TheoryData<ErrorCode> EveryCode => new(Enum.GetValues<ErrorCode>().Distinct());

    private static string[] Document => File.ReadAllLines(Path.Combine(Repository.Root, "docs", "errors.md"));

    [Theory]
    [MemberData(nameof(EveryCode))]
    public void Every_error_of_the_client_has_an_answer(ErrorCode code) =>
        ErrorTable.Codes.ShouldContain(code, $"{code} is new: decide what the engine does about it, in ErrorTable.cs and docs/errors.md.");

    [Theory]
    [MemberData(nameof(EveryCode))]
    public void What_a_failed_call_means_follows_from_the_table(ErrorCode code)
    {
        StreamsException error = TransactionFailure.Of("do something", new KafkaException(code));

        (error is TransactionFailure).ShouldBe(ErrorTable.AnswerTo(code) != ErrorAnswer.Fatal);
        error.Message.ShouldContain("do something");
        error.Message.ShouldContain(code.ToString());
    }

    [Theory]
    [MemberData(nameof(EveryCode))]
    public void The_document_has_the_same_answer_for_it(ErrorCode code)
    {
        string row = Document.Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Contains($"`{code}`", StringComparison.Ordinal)).ShouldHaveSingleItem();

        row.Split('|')[2].Trim().ShouldBe(ErrorTable.AnswerTo(code).ToString());
    }

    [Theory]
    [InlineData(ErrorCode.Local_QueueFull, nameof(ErrorAnswer.Backpressure))]
    [InlineData(ErrorCode.ProducerFenced, nameof(ErrorAnswer.AbortAndRetry))]
    [InlineData(ErrorCode.Local_Fenced, nameof(ErrorAnswer.AbortAndRetry))]
    [InlineData(ErrorCode.InvalidTxnState, nameof(ErrorAnswer.AbortAndRetry))]
    [InlineData(ErrorCode.Local_MsgTimedOut, nameof(ErrorAnswer.AbortAndRetry))]
    [InlineData(ErrorCode.UnknownMemberId, nameof(ErrorAnswer.Rejoin))]
    [InlineData(ErrorCode.IllegalGeneration, nameof(ErrorAnswer.Rejoin))]
    [InlineData(ErrorCode.FencedInstanceId, nameof(ErrorAnswer.Rejoin))]
    [InlineData(ErrorCode.Local_MaxPollExceeded, nameof(ErrorAnswer.Rejoin))]
    [InlineData(ErrorCode.NotCoordinatorForGroup, nameof(ErrorAnswer.Retry))]
    [InlineData(ErrorCode.GroupLoadInProgress, nameof(ErrorAnswer.Retry))]
    [InlineData(ErrorCode.Local_AllBrokersDown, nameof(ErrorAnswer.Retry))]
    [InlineData(ErrorCode.MsgSizeTooLarge, nameof(ErrorAnswer.Fatal))]
    [InlineData(ErrorCode.TopicAuthorizationFailed, nameof(ErrorAnswer.Fatal))]
    [InlineData(ErrorCode.Local_PartitionEOF, nameof(ErrorAnswer.None))]
    public void Those_that_others_got_wrong_have_the_right_one(ErrorCode code, string answer) => ErrorTable.AnswerTo(code).ToString().ShouldBe(answer);

    [Fact]
    public void A_code_of_a_later_client_begins_anew() => ErrorTable.AnswerTo((ErrorCode)30_000).ShouldBe(ErrorAnswer.AbortAndRetry);
}
