using System.Text.Json.Nodes;

namespace UsageStreams.Integration.Chain;

/// <summary><c>up --once</c> on the real access log, against totals that are known of it.</summary>
public sealed class OnceTests(ChainKafka kafka) : IClassFixture<ChainKafka>
{
    [Fact]
    public async Task The_sample_settles_to_its_known_totals()
    {
        var statement = await SettleAsync(UsageStreamsCommand.AccessLog, kafka.Folder("plain"), kafka.Options(out _));

        ShouldBeTheSample(statement);
    }

    [Fact]
    public async Task Three_kills_of_the_worker_change_no_digit()
    {
        string[] options = [.. kafka.Options(out _), "--kill", "3", "--seed", "11"];

        ShouldBeTheSample(await SettleAsync(UsageStreamsCommand.AccessLog, kafka.Folder("killed"), options));
    }

    [Fact]
    public async Task A_second_run_counts_nothing_twice_and_another_file_of_a_billed_period_is_adjusted()
    {
        var options = kafka.Options(out _);
        var lines = await File.ReadAllLinesAsync(UsageStreamsCommand.AccessLog, TestContext.Current.CancellationToken);
        var first = await WriteAsync("first.log", [.. lines[..600], "no line of a log"]);
        var second = await WriteAsync("second.log", lines[5000..5300]);

        var once = await SettleAsync(first, kafka.Folder("twice"), options);
        var again = await SettleAsync(first, kafka.Folder("twice"), options);
        var more = await SettleAsync(second, kafka.Folder("twice"), options);

        Without(again, "seconds").ShouldBe(Without(once, "seconds"));
        once["events"]!.ToJsonString().ShouldBe("""{"read":601,"counted":600,"duplicate":0,"rejected":1,"parked":0,"lateRejected":0}""");
        more["events"]!.ToJsonString().ShouldBe("""{"read":901,"counted":900,"duplicate":0,"rejected":1,"parked":0,"lateRejected":0}""");
        more["recount"]!.GetValue<string>().ShouldBe("equal");
    }

    private async Task<string> WriteAsync(string name, string[] lines)
    {
        var file = kafka.Folder(name);
        await File.WriteAllLinesAsync(file, lines, TestContext.Current.CancellationToken);
        return file;
    }

    private static async Task<JsonNode> SettleAsync(string file, string folder, string[] options)
    {
        var (exitCode, output, errors) = await UsageStreamsCommand.RunAsync(["up", "--once", "--json", "--input", file, "--data", folder, .. options]);
        exitCode.ShouldBe(0, errors + output);
        return JsonNode.Parse(output)!;
    }

    private static void ShouldBeTheSample(JsonNode statement) => Without(statement, "seconds", "crm").ShouldBe(
        """{"events":{"read":10000,"counted":10000,"duplicate":0,"rejected":0,"parked":0,"lateRejected":0},"tenants":1753,"accounts":1474,"""
        + """
        "metrics":{"api.calls":9780,"bytes.out":2747282740,"active.users":3027},"transactions":{"posted":1474},"erp":{"documents":1474,"total":568.47},"recount":"equal"}
        """.Trim());

    private static string Without(JsonNode statement, params string[] members)
    {
        var copy = statement.DeepClone().AsObject();
        foreach (var member in members) copy.Remove(member);
        return copy.ToJsonString();
    }
}
