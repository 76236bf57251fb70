using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Faults;

public sealed class TableFaultTests
{
    private static readonly Consumed<string, long> Prices = Consumed.With(Serdes.Utf8, Serdes.Int64);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_that_can_not_be_read_stops_the_application_and_is_named(bool global)
    {
        using TopologyTestDriver driver = Joined(global, new FaultHandling());
        driver.CreateInputTopic("prices", Serdes.Utf8, Serdes.Int64).Pipe("pen", 5);

        StreamsException error = Should.Throw<StreamsException>(() => driver.Input("prices").Pipe("ink", "x"));
        error.Message.ShouldContain("table record at topic 'prices' partition 0 offset 1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_that_is_left_out_has_no_value_rather_than_a_former_one_also_after_a_restart(bool global)
    {
        using TopologyTestDriver driver = Joined(global, FaultTest.ToDead);
        TestInputTopic<string, long> prices = driver.CreateInputTopic("prices", Serdes.Utf8, Serdes.Int64);
        prices.Pipe("pen", 5);
        driver.Input("orders").Pipe("pen", "1");
        driver.Input("prices").Pipe("pen", "x");
        driver.Input("orders").Pipe("pen", "2");
        driver.Restart();
        driver.Input("orders").Pipe("pen", "3");
        prices.Pipe("pen", 7);
        driver.Input("orders").Pipe("pen", "4");

        driver.OutValues().ShouldBe(["1 at 5", "2 at nothing", "3 at nothing", "4 at 7"]);
        driver.Faults.ShouldBe([new FaultCount("prices", FaultKind.Deserialization, FaultDecision.Continue, 2)]);
        driver.Dead().ShouldBeEmpty();
    }

    [Fact]
    public void A_row_whose_key_can_not_be_read_is_left_out_alone()
    {
        using TopologyTestDriver driver = Joined(global: true, FaultTest.ToDead);
        TestInputTopic<string, long> prices = driver.CreateInputTopic("prices", Serdes.Utf8, Serdes.Int64);
        prices.Pipe("pen", 5);
        prices.PipeRaw([0xff], [1]);
        driver.Input("orders").Pipe("pen", "1");

        driver.OutValues().ShouldBe(["1 at 5"]);
    }

    private static TopologyTestDriver Joined(bool global, FaultHandling tableFaults) => FaultTest.Run(b =>
    {
        KStream<string, string> orders = b.Stream("orders", Topologies.Text);
        Consumed<string, long> consumed = Prices.WithFaults(tableFaults);
        KStream<string, string> priced = global
            ? orders.Process("join", JoinWith(b.GlobalTable("prices", consumed)))
            : orders.LeftJoin("join", b.Table("prices", consumed), static (_, order, price) => Line(order, price != 0, price));
        priced.To("out", Topologies.TextOut);
    });

    private static Func<IProcessor<string, string, string, string>> JoinWith(GlobalKTable<string, long> prices) => () => new Lookup(prices);

    private static string Line(string order, bool found, long price) => found ? $"{order} at {price}" : $"{order} at nothing";

    private sealed class Lookup(GlobalKTable<string, long> table) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private TableView<string, long> _prices = null!;

        public void Init(ProcessorContext<string, string> context) => (_context, _prices) = (context, context.GetTable(table));

        public void Process(in Record<string, string> record) =>
            _context.Forward(record.WithValue(Line(record.Value, _prices.TryGet(record.Key, out long price), price)));
    }
}
