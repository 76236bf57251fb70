using System.Collections.Frozen;
using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// The answer to every error that the Kafka client knows, in one place; docs/errors.md is the same table for people. Codes of a later client,
/// which are not in it, begin anew: that is right for all but those that come back, and those are seen by their recoveries.
/// </summary>
internal static class ErrorTable
{
    private static readonly ErrorCode[] None =
    [
        ErrorCode.NoError, ErrorCode.Local_PartitionEOF, ErrorCode.Local_Noop, ErrorCode.Local_AssignPartitions, ErrorCode.Local_RevokePartitions,
    ];

    private static readonly ErrorCode[] Retry =
    [
        // The network, and calls that are under way.
        ErrorCode.Local_Transport, ErrorCode.Local_Resolve, ErrorCode.Local_AllBrokersDown, ErrorCode.Local_NodeUpdate, ErrorCode.Local_DestroyBroker,
        ErrorCode.Local_UnknownBroker, ErrorCode.Local_TimedOut, ErrorCode.Local_TimedOutQueue, ErrorCode.Local_InProgress, ErrorCode.Local_PrevInProgress,
        ErrorCode.Local_WaitCache, ErrorCode.Local_Retry, ErrorCode.Local_Intr, ErrorCode.Local_Partial, ErrorCode.Local_IsrInsuff,
        ErrorCode.RequestTimedOut, ErrorCode.NetworkException, ErrorCode.ThrottlingQuotaExceeded, ErrorCode.RebootstrapRequired,

        // Leaders and replicas move.
        ErrorCode.LeaderNotAvailable, ErrorCode.NotLeaderForPartition, ErrorCode.BrokerNotAvailable, ErrorCode.ReplicaNotAvailable,
        ErrorCode.NotEnoughReplicas, ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.KafkaStorageError, ErrorCode.LogDirNotFound,
        ErrorCode.FencedLeaderEpoch, ErrorCode.UnknownLeaderEpoch, ErrorCode.OffsetNotAvailable, ErrorCode.PreferredLeaderNotAvailable,
        ErrorCode.EligibleLeadersNotAvailable, ErrorCode.ElectionNotNeeded, ErrorCode.ReassignmentInProgress, ErrorCode.NoReassignmentInProgress,
        ErrorCode.ListenerNotFound, ErrorCode.NotController, ErrorCode.StaleCtrlEpoch, ErrorCode.StaleBrokerEpoch,
        ErrorCode.FetchSessionIdNotFound, ErrorCode.InvalidFetchSessionEpoch, ErrorCode.UnknownTopicId,

        // Coordinators move, and transactions end.
        ErrorCode.Local_WaitCoord, ErrorCode.GroupLoadInProgress, ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.NotCoordinatorForGroup,
        ErrorCode.ConcurrentTransactions, ErrorCode.UnstableOffsetCommit,

        // Nothing of ours rests on the client's own telemetry.
        ErrorCode.UnknownSubscriptionId, ErrorCode.TelemetryTooLarge,
    ];

    private static readonly ErrorCode[] Backpressure = [ErrorCode.Local_QueueFull];

    private static readonly ErrorCode[] AbortAndRetry =
    [
        // The transaction is over, or nobody knows how it ended.
        ErrorCode.Local_Fenced, ErrorCode.ProducerFenced, ErrorCode.InvalidProducerEpoch, ErrorCode.InvalidProducerIdMapping, ErrorCode.InvalidTxnState,
        ErrorCode.TransactionCoordinatorFenced, ErrorCode.UnknownProducerId, ErrorCode.OutOfOrderSequenceNumber, ErrorCode.DuplicateSequenceNumber,
        ErrorCode.OperationNotAttempted,

        // A record was not taken, though another try may be.
        ErrorCode.Local_MsgTimedOut, ErrorCode.Local_PurgeQueue, ErrorCode.Local_PurgeInflight, ErrorCode.Local_GaplessGuarantee,
        ErrorCode.Local_InvalidDifferentRecord, ErrorCode.Local_LogTruncation, ErrorCode.Local_BadMsg, ErrorCode.Local_Underflow,

        // The client is in no state to go on with: a new one is.
        ErrorCode.Local_Fatal, ErrorCode.Local_State, ErrorCode.Local_Destroy, ErrorCode.Local_Fail, ErrorCode.Local_Inconsistent, ErrorCode.Local_Conflict,
        ErrorCode.Local_ExistingSubscription, ErrorCode.Local_Outdated, ErrorCode.Local_ReadOnly, ErrorCode.Local_NoEnt, ErrorCode.Local_NoOffset,
        ErrorCode.Local_Application, ErrorCode.Unknown,

        // Topics that are being made, made anew, or given more partitions.
        ErrorCode.UnknownTopicOrPart, ErrorCode.Local_UnknownTopic, ErrorCode.Local_UnknownPartition, ErrorCode.OffsetOutOfRange,
        ErrorCode.ResourceNotFound, ErrorCode.TopicAlreadyExists, ErrorCode.DuplicateResource,

        // The machine, and certificates and tokens that are replaced while the process runs.
        ErrorCode.Local_CritSysResource, ErrorCode.Local_FS, ErrorCode.Local_Ssl, ErrorCode.DelegationTokenExpired,
    ];

    private static readonly ErrorCode[] Rejoin =
    [
        ErrorCode.IllegalGeneration, ErrorCode.UnknownMemberId, ErrorCode.RebalanceInProgress, ErrorCode.MemberIdRequired, ErrorCode.FencedInstanceId,
        ErrorCode.FencedMemberEpoch, ErrorCode.StaleMemberEpoch, ErrorCode.UnreleasedInstanceId, ErrorCode.GroupMaxSizeReached, ErrorCode.GroupIdNotFound,
        ErrorCode.NonEmptyGroup, ErrorCode.GroupSubscribedToTopic,
        ErrorCode.Local_MaxPollExceeded, ErrorCode.Local_AssignmentLost, ErrorCode.Local_UnknownGroup,
    ];

    private static readonly ErrorCode[] Fatal =
    [
        // The record, or the bytes of it.
        ErrorCode.MsgSizeTooLarge, ErrorCode.RecordListTooLarge, ErrorCode.InvalidMsg, ErrorCode.InvalidMsgSize, ErrorCode.InvalidRecord,
        ErrorCode.InvalidTimestamp, ErrorCode.UnsupportedForMessageFormat, ErrorCode.PolicyViolation, ErrorCode.Local_BadCompression,
        ErrorCode.UnsupportedCompressionType, ErrorCode.OffsetMetadataTooLarge, ErrorCode.InvalidCommitOffsetSize, ErrorCode.Local_InvalidType,
        ErrorCode.Local_KeySerialization, ErrorCode.Local_ValueSerialization, ErrorCode.Local_KeyDeserialization, ErrorCode.Local_ValueDeserialization,

        // Rights and secrets.
        ErrorCode.TopicAuthorizationFailed, ErrorCode.GroupAuthorizationFailed, ErrorCode.ClusterAuthorizationFailed,
        ErrorCode.TransactionalIdAuthorizationFailed, ErrorCode.DelegationTokenAuthorizationFailed, ErrorCode.Local_Authentication,
        ErrorCode.SaslAuthenticationFailed, ErrorCode.UnsupportedSaslMechanism, ErrorCode.IllegalSaslState, ErrorCode.SecurityDisabled,
        ErrorCode.DelegationTokenAuthDisabled, ErrorCode.DelegationTokenNotFound, ErrorCode.DelegationTokenOwnerMismatch,
        ErrorCode.DelegationTokenRequestNotAllowed, ErrorCode.InvalidPrincipalType, ErrorCode.PrincipalDeserializationFailure, ErrorCode.UnacceptableCredential,

        // Settings, ours and the broker's.
        ErrorCode.Local_InvalidArg, ErrorCode.Local_NotConfigured, ErrorCode.InvalidTransactionTimeout, ErrorCode.InvalidSessionTimeout,
        ErrorCode.InvalidGroupId, ErrorCode.InconsistentGroupProtocol, ErrorCode.UnsupportedAssignor, ErrorCode.InvalidRequiredAcks, ErrorCode.InvalidConfig,
        ErrorCode.InvalidPartitions, ErrorCode.InvalidReplicationFactor, ErrorCode.InvalidReplicaAssignment, ErrorCode.TopicException,
        ErrorCode.TopicDeletionDisabled,

        // A broker, or a client, that can't do what the engine needs.
        ErrorCode.UnsupportedVersion, ErrorCode.Local_UnsupportedFeature, ErrorCode.Local_NotImplemented, ErrorCode.Local_UnknownProtocol,
        ErrorCode.InvalidRequest, ErrorCode.FeatureUpdateFailed, ErrorCode.InvalidUpdateVersion, ErrorCode.InconsistentVoterSet,

        // Data that is gone.
        ErrorCode.Local_AutoOffsetReset,
    ];

    private static readonly FrozenDictionary<ErrorCode, ErrorAnswer> Answers = Rows().ToFrozenDictionary(static row => row.Code, static row => row.Answer);

    /// <summary>The codes that are in the table.</summary>
    public static IReadOnlyCollection<ErrorCode> Codes => Answers.Keys;

    public static ErrorAnswer AnswerTo(ErrorCode code) => Answers.GetValueOrDefault(code, ErrorAnswer.AbortAndRetry);

    private static IEnumerable<(ErrorCode Code, ErrorAnswer Answer)> Rows()
    {
        (ErrorCode[] Codes, ErrorAnswer Answer)[] groups =
        [
            (None, ErrorAnswer.None), (Retry, ErrorAnswer.Retry), (Backpressure, ErrorAnswer.Backpressure),
            (AbortAndRetry, ErrorAnswer.AbortAndRetry), (Rejoin, ErrorAnswer.Rejoin), (Fatal, ErrorAnswer.Fatal),
        ];
        return groups.SelectMany(static group => group.Codes.Select(code => (code, group.Answer)));
    }
}
