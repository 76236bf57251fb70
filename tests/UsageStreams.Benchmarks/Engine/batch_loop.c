/*
 * The batch loop in C that the engine's reading is held against: reads a topic from its beginning and adds up the bytes of keys and values.
 *
 * usage: batch_loop LIBRDKAFKA TOPIC PARTITIONS RECORDS NAME=VALUE...
 * prints "SECONDS BYTES", from the first batch to the last record.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 2000, CONSUMER = 1, BEGINNING = -2, SILENCE_S = 10 };

/* As librdkafka's rdkafka.h has them. */
struct message { int err; void *topic; int32_t partition; void *payload; size_t len; void *key; size_t key_len; int64_t offset; void *private_; };
struct topic_partition { char *topic; int32_t partition; int64_t offset; };

static void *library;

static void *export(const char *name)
{
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "librdkafka has no %s\n", name);
        exit(2);
    }
    return found;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: batch_loop LIBRDKAFKA TOPIC PARTITIONS RECORDS NAME=VALUE...\n");
        return 2;
    }
    library = dlopen(argv[1], RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    void *(*conf_new)(void) = export("rd_kafka_conf_new");
    int (*conf_set)(void *, const char *, const char *, char *, size_t) = export("rd_kafka_conf_set");
    void *(*new_client)(int, void *, char *, size_t) = export("rd_kafka_new");
    int (*poll_set_consumer)(void *) = export("rd_kafka_poll_set_consumer");
    void *(*queue_get)(void *) = export("rd_kafka_queue_get_consumer");
    void *(*list_new)(int) = export("rd_kafka_topic_partition_list_new");
    struct topic_partition *(*list_add)(void *, const char *, int32_t) = export("rd_kafka_topic_partition_list_add");
    int (*assign)(void *, const void *) = export("rd_kafka_assign");
    ssize_t (*consume_batch)(void *, int, struct message **, size_t) = export("rd_kafka_consume_batch_queue");
    void (*message_destroy)(struct message *) = export("rd_kafka_message_destroy");

    char error[512];
    void *conf = conf_new();
    for (int i = 5; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (!value)
            return 2;
        *value++ = 0;
        if (conf_set(conf, argv[i], value, error, sizeof error)) {
            fprintf(stderr, "%s\n", error);
            return 2;
        }
    }
    void *client = new_client(CONSUMER, conf, error, sizeof error);
    if (!client) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    poll_set_consumer(client);
    void *queue = queue_get(client);
    int partitions = atoi(argv[3]);
    long records = atol(argv[4]), read = 0, bytes = 0;
    void *list = list_new(partitions);
    for (int i = 0; i < partitions; i++)
        list_add(list, argv[2], i)->offset = BEGINNING;
    if (assign(client, list)) {
        fprintf(stderr, "can't assign %s\n", argv[2]);
        return 2;
    }

    static struct message *messages[BATCH];
    double started = 0, last = now();
    while (read < records) {
        /* With a longer time-out the call would wait until the batch is full. */
        ssize_t count = consume_batch(queue, 0, messages, BATCH);
        if (count <= 0)
            count = consume_batch(queue, 1, messages, 1);
        if (count <= 0) {
            if (now() - last > SILENCE_S) {
                fprintf(stderr, "read %ld of %ld records and then nothing for %d s\n", read, records, SILENCE_S);
                return 3;
            }
            continue;
        }
        last = now();
        if (!started)
            started = last;
        for (ssize_t i = 0; i < count; i++) {
            if (messages[i]->err) {
                fprintf(stderr, "error %d\n", messages[i]->err);
                return 3;
            }
            bytes += messages[i]->len + messages[i]->key_len;
            message_destroy(messages[i]);
        }
        read += count;
    }
    printf("%.6f %ld\n", now() - started, bytes);
    /* The system takes back what is open. */
    fflush(stdout);
    _Exit(0);
}
