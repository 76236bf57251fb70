using System.Runtime.InteropServices;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>
/// The calls per record, as function pointers into the native library that Confluent.Kafka has loaded. Those that neither block nor call
/// back leave the thread in managed mode, which halves their price.
/// </summary>
internal static unsafe class Librdkafka
{
    public static readonly delegate* unmanaged[Cdecl]<nint, nint> QueueGetConsumer;
    public static readonly delegate* unmanaged[Cdecl]<nint, void> QueueDestroy;
    public static readonly delegate* unmanaged[Cdecl]<nint, int, NativeMessage**, nuint, nint> ConsumeBatchQueue;
    public static readonly delegate* unmanaged[Cdecl]<nint, int, NativeMessage*> ConsumerPoll;
    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<NativeMessage*, void> MessageDestroy;
    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<NativeMessage*, int*, long> MessageTimestamp;
    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<NativeMessage*, nint*, int> MessageHeaders;
    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nuint> HeaderCount;
    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nuint, byte**, byte**, nuint*, int> HeaderGetAll;
    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, byte*> TopicName;
    public static readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> TopicNew;
    public static readonly delegate* unmanaged[Cdecl]<nint, void> TopicDestroy;
    public static readonly delegate* unmanaged[Cdecl]<nint, ProduceArgument*, nuint, nint> Produce;
    public static readonly delegate* unmanaged[Cdecl]<nint, int> ErrorCode;
    public static readonly delegate* unmanaged[Cdecl]<nint, byte*> ErrorText;
    public static readonly delegate* unmanaged[Cdecl]<nint, void> ErrorDestroy;
    public static readonly delegate* unmanaged[Cdecl]<int> LastError;
    public static readonly delegate* unmanaged[Cdecl]<nint> ConfNew;
    public static readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nuint, int> ConfSet;
    public static readonly delegate* unmanaged[Cdecl]<nint, nint, void> ConfSetOpaque;
    public static readonly delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, NativeMessage*, nint, void>, void> ConfSetDeliveryReport;
    public static readonly delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void>, void> ConfSetLog;
    public static readonly delegate* unmanaged[Cdecl]<nint, void> ConfDestroy;
    public static readonly delegate* unmanaged[Cdecl]<int, nint, byte*, nuint, nint> New;
    public static readonly delegate* unmanaged[Cdecl]<nint, void> Destroy;
    public static readonly delegate* unmanaged[Cdecl]<nint, int, int> Poll;
    public static readonly delegate* unmanaged[Cdecl]<nint, int, int> Flush;
    public static readonly delegate* unmanaged[Cdecl]<nint, int, int> Purge;
    public static readonly delegate* unmanaged[Cdecl]<nint, nint> Opaque;
    public static readonly delegate* unmanaged[Cdecl]<nint, byte*> Name;

    public static readonly delegate* unmanaged[Cdecl]<nint, nint> GroupMetadata;
    public static readonly delegate* unmanaged[Cdecl]<nint, byte*> GroupMetadataMember;
    public static readonly delegate* unmanaged[Cdecl]<nint, int> GroupMetadataGeneration;
    public static readonly delegate* unmanaged[Cdecl]<nint, void> GroupMetadataDestroy;

    static Librdkafka()
    {
        nint library = ConfluentClient.LoadLibrary();
        QueueGetConsumer = (delegate* unmanaged[Cdecl]<nint, nint>)Export("rd_kafka_queue_get_consumer");
        QueueDestroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_queue_destroy");
        ConsumeBatchQueue = (delegate* unmanaged[Cdecl]<nint, int, NativeMessage**, nuint, nint>)Export("rd_kafka_consume_batch_queue");
        ConsumerPoll = (delegate* unmanaged[Cdecl]<nint, int, NativeMessage*>)Export("rd_kafka_consumer_poll");
        MessageDestroy = (delegate* unmanaged[Cdecl, SuppressGCTransition]<NativeMessage*, void>)Export("rd_kafka_message_destroy");
        MessageTimestamp = (delegate* unmanaged[Cdecl, SuppressGCTransition]<NativeMessage*, int*, long>)Export("rd_kafka_message_timestamp");
        MessageHeaders = (delegate* unmanaged[Cdecl, SuppressGCTransition]<NativeMessage*, nint*, int>)Export("rd_kafka_message_headers");
        HeaderCount = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nuint>)Export("rd_kafka_header_cnt");
        HeaderGetAll = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, nuint, byte**, byte**, nuint*, int>)Export("rd_kafka_header_get_all");
        TopicName = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, byte*>)Export("rd_kafka_topic_name");
        TopicNew = (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint>)Export("rd_kafka_topic_new");
        TopicDestroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_topic_destroy");
        Produce = (delegate* unmanaged[Cdecl]<nint, ProduceArgument*, nuint, nint>)Export("rd_kafka_produceva");
        ErrorCode = (delegate* unmanaged[Cdecl]<nint, int>)Export("rd_kafka_error_code");
        ErrorText = (delegate* unmanaged[Cdecl]<nint, byte*>)Export("rd_kafka_error_string");
        ErrorDestroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_error_destroy");
        LastError = (delegate* unmanaged[Cdecl]<int>)Export("rd_kafka_last_error");
        ConfNew = (delegate* unmanaged[Cdecl]<nint>)Export("rd_kafka_conf_new");
        ConfSet = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nuint, int>)Export("rd_kafka_conf_set");
        ConfSetOpaque = (delegate* unmanaged[Cdecl]<nint, nint, void>)Export("rd_kafka_conf_set_opaque");
        ConfSetDeliveryReport = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, NativeMessage*, nint, void>, void>)Export("rd_kafka_conf_set_dr_msg_cb");
        ConfSetLog = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void>, void>)Export("rd_kafka_conf_set_log_cb");
        ConfDestroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_conf_destroy");
        New = (delegate* unmanaged[Cdecl]<int, nint, byte*, nuint, nint>)Export("rd_kafka_new");
        Destroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_destroy");
        Poll = (delegate* unmanaged[Cdecl]<nint, int, int>)Export("rd_kafka_poll");
        Flush = (delegate* unmanaged[Cdecl]<nint, int, int>)Export("rd_kafka_flush");
        Purge = (delegate* unmanaged[Cdecl]<nint, int, int>)Export("rd_kafka_purge");
        Opaque = (delegate* unmanaged[Cdecl]<nint, nint>)Export("rd_kafka_opaque");
        Name = (delegate* unmanaged[Cdecl]<nint, byte*>)Export("rd_kafka_name");
        GroupMetadata = (delegate* unmanaged[Cdecl]<nint, nint>)Export("rd_kafka_consumer_group_metadata");
        GroupMetadataMember = (delegate* unmanaged[Cdecl]<nint, byte*>)Export("rd_kafka_consumer_group_metadata_member_id");
        GroupMetadataGeneration = (delegate* unmanaged[Cdecl]<nint, int>)Export("rd_kafka_consumer_group_metadata_generation_id");
        GroupMetadataDestroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_consumer_group_metadata_destroy");

        nint Export(string name) => NativeLibrary.GetExport(library, name);
    }
}
