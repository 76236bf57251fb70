using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using UsageStreams.Host.Commands;
using UsageStreams.Host.Machine;

namespace UsageStreams.Host.Tests.Commands;

public sealed class CommandRunnerTests
{
    [Theory]
    [InlineData("", "Required command was not provided")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("up --kill many", "--kill")]
    [InlineData("up --once --kill 200", "--kill is 200: it takes 0 to 100.")]
    [InlineData("up --once --patience 0", "--patience is 0: it takes a number above 0.")]
    [InlineData("up --broker-port 70000", "--broker-port is 70000: it takes 0 to 65535.")]
    [InlineData("up --json", "--json and --kill belong to --once")]
    [InlineData("up --once --input /there/is/none", "There is no file /there/is/none.")]
    [InlineData("up --bootstrap 127.0.0.1:9", "--bootstrap and --registry belong together")]
    [InlineData("up --registry nonsense", "'nonsense' is no http or https URL")]
    [InlineData("import", "Required command was not provided")]
    [InlineData("import access-log", "Required argument missing")]
    [InlineData("import access-log /there/is/none", "There is no file /there/is/none.")]
    [InlineData("import cloudevents /there/is/none", "There is no file /there/is/none.")]
    [InlineData("ref import", "Required argument missing")]
    [InlineData("ref import /there/is/none.csv", "There is no file /there/is/none.csv.")]
    [InlineData("ref import tenants.csv --kind metrics", "metrics")]
    [InlineData("worker billing --region eu", "billing runs once for all regions")]
    [InlineData("worker export", "say which with --region")]
    [InlineData("worker metering --region EU", "is no name of a region")]
    [InlineData("worker metering --dedup-days 31", "--dedup-days is 31: it takes 32 to 200.")]
    [InlineData("catalog check --dedup-days 201", "--dedup-days is 201: it takes 32 to 200.")]
    [InlineData("explain t1 web 4711 --regions regions.yaml", "say which with --region")]
    [InlineData("catalog dry-run samples --regions regions.yaml --to 2000-01-01 --from 2001-01-01", "--to must be later")]
    [InlineData("topics create --partitions 0", "--partitions is 0: it takes 1 to 1000.")]
    [InlineData("topics list --prefix a/b", "a/b")]
    [InlineData("generate --dry-run --duplicates 3", "--duplicates is 3: it takes a share of 0 to 1.")]
    [InlineData("generate --dry-run --from yesterday", "--from")]
    public async Task A_command_line_that_makes_no_sense_ends_with_2_and_says_what(string line, string expected)
    {
        var run = await Run(line);

        run.Code.ShouldBe(ExitCodes.Usage);
        run.Error.ShouldContain(expected);
        run.Error.ShouldNotContain("   at ");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_tells_every_verb_with_an_example_and_the_exit_codes()
    {
        var run = await Run("--help");

        run.Code.ShouldBe(ExitCodes.Done);
        foreach (var verb in (string[])["up", "worker", "import", "ref", "regions", "catalog", "generate", "gateway", "topics", "exceptions", "describe", "broker", "sandbox"])
            run.Output.ShouldContain("Example: usagestreams " + verb);
        run.Output.ShouldContain("Exit codes: 0 done");
    }

    [Fact]
    public async Task Kafka_that_does_not_answer_ends_with_3_and_says_where()
    {
        var run = await Run($"topics create --bootstrap 127.0.0.1:{FreePort()} --registry http://127.0.0.1:9");

        run.Code.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("No Kafka broker answers at 127.0.0.1:");
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_with_4_and_says_which()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var run = await Run($"broker --data {folder.Path} --port {port}");

        run.Code.ShouldBe(ExitCodes.Machine);
        run.Error.ShouldContain(port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_data_folder_in_use_ends_with_4_and_says_by_whom()
    {
        using var folder = new TemporaryFolder();
        using var first = DataFolder.Take(folder.Path);

        var run = await Run($"up --once --input {Samples.AccessLog} --data {folder.Path}");

        run.Code.ShouldBe(ExitCodes.Machine);
        run.Error.ShouldContain($"The data folder {folder.Path} is in use by process {Environment.ProcessId}");
    }

    [Fact]
    public async Task A_data_folder_that_can_not_be_made_ends_with_4()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("file", "");

        var run = await Run($"up --once --input {Samples.AccessLog} --data {file}/below");

        run.Code.ShouldBe(ExitCodes.Machine);
        run.Error.ShouldContain("can't be used");
    }

    [Fact]
    public async Task A_properties_file_that_is_none_is_told_without_its_values()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("kafka.properties", "# comment\nsasl.username=me\nhunter2\n");

        var run = await Run($"topics create --kafka-config {file}");

        run.Code.ShouldBe(ExitCodes.Usage);
        run.Error.ShouldContain("line 3 is not name=value");
        run.Error.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_log_without_a_single_line_of_the_format_ends_with_1_and_says_so()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("other.log", "one\ntwo\n");

        var run = await Run($"up --once --input {file} --data {folder.Path}");

        run.Code.ShouldBe(ExitCodes.Failed);
        run.Error.ShouldContain("holds no line of the combined access log format");
    }

    [Fact]
    public async Task A_dry_run_tells_the_totals_as_one_JSON_object()
    {
        var run = await Run("generate --dry-run --records 1000 --seed 5 --json");

        run.Code.ShouldBe(ExitCodes.Done);
        var totals = JsonDocument.Parse(run.Output).RootElement;
        totals.GetProperty("records").GetInt64().ShouldBe(1000);
        totals.EnumerateObject().Select(static figure => figure.Name).ShouldBe(
            ["records", "events", "duplicate", "unknown-tenant", "undecodable", "invalid", "conflict", "retraction", "late", "out-of-order", "api.calls", "bytes.out", "active.users"]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<(int Code, string Output, string Error)> Run(string line)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await CommandRunner.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error);
        return (code, output.ToString(), error.ToString());
    }
}
