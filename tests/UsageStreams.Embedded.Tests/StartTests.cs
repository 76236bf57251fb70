using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task A_taken_port_is_named_with_a_way_out()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        using var other = new TemporaryFolder();
        int port = int.Parse(test.Broker.BootstrapServers.Split(':')[1]);

        var failure = await Should.ThrowAsync<EmbeddedBrokerException>(
            () => EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { DataDirectory = other.Path, Port = port }, ct: TestContext.Current.CancellationToken));

        failure.Message.ShouldContain($"port {port}");
        failure.Message.ShouldContain("another program has it");
        failure.Message.ShouldContain("0 takes any free one");
    }

    [Fact]
    public async Task A_second_broker_on_the_same_folder_is_refused_until_the_first_stops()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        var options = new EmbeddedBrokerOptions { DataDirectory = test.DataDirectory };

        var failure = await Should.ThrowAsync<EmbeddedBrokerException>(
            () => EmbeddedBroker.StartAsync(options, ct: TestContext.Current.CancellationToken));
        await test.StopAsync();
        await using var second = await EmbeddedBroker.StartAsync(options, ct: TestContext.Current.CancellationToken);

        failure.Message.ShouldContain(test.DataDirectory);
        failure.Message.ShouldContain("in use by another embedded broker");
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_named()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<EmbeddedBrokerException>(() => EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { DataDirectory = Path.Combine(file, "data") }, ct: TestContext.Current.CancellationToken));

        failure.Message.ShouldContain(Path.Combine(file, "data"));
        failure.Message.ShouldContain("cannot be written");
    }

    [Fact]
    public async Task All_wrong_options_are_told_at_once()
    {
        var failure = await Should.ThrowAsync<EmbeddedBrokerException>(() => EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { DataDirectory = "", Port = 70000, DefaultPartitions = 0 }, ct: TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("DataDirectory is empty");
        failure.Message.ShouldContain("Port is 70000");
        failure.Message.ShouldContain("DefaultPartitions is 0");
    }
}
