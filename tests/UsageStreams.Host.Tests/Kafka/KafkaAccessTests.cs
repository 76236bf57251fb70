using UsageStreams.Host.Kafka;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Host.Tests.Kafka;

public sealed class KafkaAccessTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8081", "http://127.0.0.1:8081/subjects")]
    [InlineData("http://127.0.0.1:8081/apis/ccompat/v7", "http://127.0.0.1:8081/apis/ccompat/v7/subjects")]
    [InlineData("http://127.0.0.1:8081/apis/ccompat/v7/", "http://127.0.0.1:8081/apis/ccompat/v7/subjects")]
    [InlineData("https://ann:secret@registry.example/sr", "https://registry.example/sr/subjects")]
    public void The_registry_s_subjects_are_below_its_url_and_told_without_credentials(string registry, string subjects) =>
        new KafkaAccess(new KafkaConnection("127.0.0.1:9092"), new Uri(registry), new UsageTopics()).SubjectsUrl.ShouldBe(subjects);
}
