using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Tests;

public sealed class TransactionFailureTests
{
    [Theory]
    [InlineData(ErrorCode.Local_Fenced)]
    [InlineData(ErrorCode.InvalidProducerEpoch)]
    [InlineData(ErrorCode.ProducerFenced)]
    [InlineData(ErrorCode.UnknownMemberId)]
    [InlineData(ErrorCode.IllegalGeneration)]
    [InlineData(ErrorCode.RebalanceInProgress)]
    [InlineData(ErrorCode.FencedInstanceId)]
    [InlineData(ErrorCode.Local_TimedOut)]
    [InlineData(ErrorCode.Local_MsgTimedOut)]
    [InlineData(ErrorCode.Local_MaxPollExceeded)]
    [InlineData(ErrorCode.NotCoordinatorForGroup)]
    [InlineData(ErrorCode.GroupLoadInProgress)]
    [InlineData(ErrorCode.Local_AllBrokersDown)]
    public void What_another_session_may_do_better_begins_anew(ErrorCode code) =>
        TransactionFailure.Of("commit", new KafkaException(code)).ShouldBeOfType<TransactionFailure>().Message.ShouldContain(code.ToString());

    [Theory]
    [InlineData(ErrorCode.MsgSizeTooLarge)]
    [InlineData(ErrorCode.InvalidTimestamp)]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.GroupAuthorizationFailed)]
    [InlineData(ErrorCode.TransactionalIdAuthorizationFailed)]
    [InlineData(ErrorCode.Local_AutoOffsetReset)]
    [InlineData(ErrorCode.Local_Authentication)]
    public void What_comes_back_however_often_one_tries_stops_the_application(ErrorCode code)
    {
        StreamsException error = TransactionFailure.Of("commit", new KafkaException(code));
        error.ShouldNotBeOfType<TransactionFailure>();
        error.Message.ShouldContain("Trying again can't help");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(40L, true)]
    [InlineData(90L, true)]
    [InlineData(39L, false)]
    [InlineData(91L, false)]
    public void A_position_outside_the_log_is_lost_data_only_when_the_committed_offset_is_too(long? committed, bool beginsAnew)
    {
        StreamsException error = TransactionFailure.OutsideLog("read the input", new KafkaException(ErrorCode.Local_AutoOffsetReset), committed, low: 40, high: 90);
        (error is TransactionFailure).ShouldBe(beginsAnew);
        error.Message.ShouldContain("read the input");
    }
}
