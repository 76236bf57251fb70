using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Operators;

/// <summary>The examples of docs/operators, built and run.</summary>
public sealed class Examples
{
    private static readonly Consumed<string, string> Text = Consumed.With(Serdes.Utf8, Serdes.Utf8);
    private static readonly Produced<string, string> TextOut = Produced.With(Serdes.Utf8, Serdes.Utf8);
    private static readonly Produced<Windowed<string>, long> WindowedOut = Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64);
    private static readonly Produced<Windowed<string>, string> LateOut = Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Utf8);

    private readonly StreamsBuilder _builder = new();
    private readonly HashSet<string> _seen = [];

    private KStream<string, string> Orders => field ??= _builder.Stream("orders", OperatorTest.Events);

    private KStream<string, string> Payments => field ??= _builder.Stream("payments", OperatorTest.Events);

    [Fact]
    public void Splitting()
    {
        KStream<string, string> orders = Orders;
        KStream<string, string> others = orders.Split("by-country")
            .Branch("domestic", static (in Record<string, string> order) => order.Value.EndsWith("DE", StringComparison.Ordinal), out KStream<string, string> domestic)
            .Branch("export", static (in Record<string, string> order) => order.Value.EndsWith("US", StringComparison.Ordinal), out KStream<string, string> export)
            .Default("others");
        domestic.To("domestic", TextOut);
        export.To("export", TextOut);
        others.To("others", TextOut);
        Piped("domestic", ("a", "1:pen DE"), ("a", "2:ink US")).ShouldBe(["a=1:pen DE"]);
    }

    [Fact]
    public void Keys_and_values()
    {
        KStream<string, string> orders = Orders;
        orders.Peek("look", (in Record<string, string> order) => _seen.Add(order.Key))
            .FlatMapValues("lines", static (in Record<string, string> order, ValueEmitter<string> emitter) =>
            {
                foreach (string line in order.Value.Split(';'))
                    emitter.Emit(line);
            })
            .SelectKey("by-product", static (in Record<string, string> line) => line.Value)
            .To("lines", TextOut);
        Piped("lines", ("a", "1:pen;ink")).ShouldBe(["1:pen=1:pen", "ink=ink"]);
    }

    [Fact]
    public void Deduplicating()
    {
        KStream<string, string> orders = Orders;
        DeduplicatedStream<string, string> once = orders.Deduplicate(
            "once", static (in Record<string, string> order) => order.Value, TimeSpan.FromDays(7), Serdes.Utf8);
        once.To("orders-once", TextOut);
        once.Late.To("orders-late", TextOut);
        Piped("orders-once", ("a", "1:pen"), ("a", "1:pen")).ShouldBe(["a=1:pen"]);
    }

    [Fact]
    public void Deciding_about_faults()
    {
        _builder.HandleFaults(new FaultHandling
        {
            DeadLetterTopic = "orders-dead",
            Deserialization = FaultHandlers.DeadLetter,
            Processing = static fault => fault.Exception is FormatException ? FaultDecision.DeadLetter : FaultDecision.Stop,
            Production = FaultHandlers.Stop,
        });
        KStream<string, string> orders = Orders;
        orders.MapValues("amount", static (in Record<string, string> order) => long.Parse(OperatorTest.Word(order.Value)))
            .To("amounts", Produced.With(Serdes.Utf8, Serdes.Int64));
        Piped("orders-dead", ("a", "1:20"), ("b", "2:twenty")).ShouldBe(["b=2:twenty"]);
    }

    [Fact]
    public void Counting()
    {
        KStream<string, string> orders = Orders;
        KTable<string, long> counts = orders
            .GroupBy("by-product", static (in Record<string, string> order) => order.Value, Grouped.With("products", Serdes.Utf8, Serdes.Utf8))
            .Count(Materialized.As("product-counts", Serdes.Utf8, Serdes.Int64));
        counts.Filter("popular", static (in Record<string, long> count) => count.Value >= 2)
            .MapValues("text", static (in Record<string, long> count) => $"{count.Value} sold")
            .ToStream("changes")
            .To("popular", TextOut);
        Piped("popular", ("a", "1:pen"), ("b", "1:pen"), ("b", "2:ink")).ShouldBe(["1:pen=2 sold"]);
    }

    [Fact]
    public void Aggregating()
    {
        KStream<string, string> orders = Orders;
        KTable<string, long> letters = orders
            .GroupByKey()
            .Aggregate(
                static () => 0L,
                static (long sum, in Record<string, string> order) => sum + order.Value.Length,
                Materialized.As("letters", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnUpdate));
        letters.ToStream("changes").To("letters", Produced.With(Serdes.Utf8, Serdes.Int64));
        using TopologyTestDriver driver = Pipe(("a", "1:pen"), ("a", "1:ink"));
        driver.CreateOutputTopic("letters", Serdes.Utf8, Serdes.Int64).ReadKeyValues().Sorted().ShouldBe(["a=10", "a=5"]);
    }

    [Fact]
    public void Windows_of_time()
    {
        KStream<string, string> orders = Orders;
        WindowedKTable<string, string, long> days = orders
            .GroupByKey()
            .WindowedBy(CalendarWindows.Daily("Europe/Berlin").WithGrace(TimeSpan.FromHours(6)))
            .Count(Materialized.As("orders-per-day", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnWindowClose));
        days.ToStream("final").To("days", WindowedOut);
        days.Late.To("days-late", LateOut);
        PipedWindows("days", ("a", "1:pen"), ("a", "2:ink"), ("a", "864000000:pen")).ShouldBe(["a@-3600000/82800000=2"]);
    }

    [Fact]
    public void Sessions()
    {
        KStream<string, string> orders = Orders;
        WindowedKTable<string, string, long> visits = orders
            .GroupByKey()
            .WindowedBy(SessionWindows.WithGap(TimeSpan.FromMinutes(30)).WithGrace(TimeSpan.FromMinutes(5)))
            .Count(Materialized.As("visits", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnWindowClose));
        visits.ToStream("final").To("visits", WindowedOut);
        visits.Late.To("visits-late", LateOut);
        PipedWindows("visits", ("a", "0:pen"), ("a", "60000:ink"), ("a", "864000000:pen")).ShouldBe(["a@0/1860000=2"]);
    }

    [Fact]
    public void Stream_and_table()
    {
        KStream<string, string> orders = Orders;
        KTable<string, string> customers = _builder.Table("customers", Text);
        orders.LeftJoin("with-customer", customers, static (_, order, customer) => $"{order} for {customer ?? "a stranger"}")
            .To("named-orders", TextOut);
        Piped("named-orders", ("a", "1:pen")).ShouldBe(["a=1:pen for a stranger"]);
    }

    [Fact]
    public void Stream_and_versions()
    {
        KStream<string, string> orders = Orders;
        KTable<string, string> tariffs = _builder.Table(
            "tariffs",
            Text.WithTimestamps(static (in Record<string, string> tariff, long _) => OperatorTest.Time(tariff.Value)).WithVersions(TimeSpan.FromDays(90)));
        orders.Join("with-tariff", tariffs, static (_, order, tariff) => $"{order} at {tariff}")
            .To("rated-orders", TextOut);
        Piped("rated-orders", ("a", "1:pen")).ShouldBeEmpty();
    }

    [Fact]
    public void Table_and_table()
    {
        KTable<string, string> customers = _builder.Table("customers", Text);
        KTable<string, string> addresses = _builder.Table("addresses", Text);
        KTable<string, string> labels = customers.LeftJoin(
            addresses,
            static (_, customer, address) => $"{customer}, {address ?? "address unknown"}",
            Joined.With("labels", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8));
        labels.ToStream("label-changes").To("labels", TextOut);
        _builder.Build().SubTopologies.Select(static s => s.Name).ShouldBe(["customers", "addresses", "labels"]);
    }

    [Fact]
    public void Stream_and_stream()
    {
        KStream<string, string> orders = Orders;
        KStream<string, string> payments = Payments;
        JoinedStream<string, string, string, string> paid = orders.LeftJoin(
            payments,
            static (_, order, payment) => $"{order}: {payment ?? "not paid within an hour"}",
            JoinWindows.Of(before: TimeSpan.Zero, after: TimeSpan.FromHours(1)).WithGrace(TimeSpan.FromMinutes(5)),
            Joined.With("paid", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8));
        paid.To("paid-orders", TextOut);
        paid.LateLeft.To("late-orders", TextOut);
        paid.LateRight.To("late-payments", TextOut);
        _builder.Build().SubTopologies.Select(static s => s.Name).ShouldBe(["orders", "payments", "paid"]);
    }

    [Fact]
    public void Table_and_foreign_key()
    {
        KTable<string, string> deliveries = _builder.Table("deliveries", Text); // the value is the driver's id
        KTable<string, string> drivers = _builder.Table("drivers", Text);
        KTable<string, string> tours = deliveries.LeftJoin(
            drivers,
            static (_, driverId) => driverId.Length == 0 ? null : driverId,
            static (_, driverId, name) => name ?? $"nobody known as '{driverId}'",
            TableJoined.With("tours", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8, Serdes.Utf8));
        tours.ToStream("tour-changes").To("tours-by-name", TextOut);
        using var driver = new TopologyTestDriver(_builder.Build());
        driver.CreateInputTopic("deliveries", Serdes.Utf8, Serdes.Utf8).Pipe("d1", "7");
        driver.CreateInputTopic("drivers", Serdes.Utf8, Serdes.Utf8).Pipe("7", "Ada");
        driver.CreateOutputTopic("tours-by-name", Serdes.Utf8, Serdes.Utf8).ReadKeyValues().Select(static r => r.Value).ShouldBe(["nobody known as '7'", "Ada"]);
    }

    [Fact]
    public void Grouping_a_table()
    {
        KTable<string, string> plans = _builder.Table("plans", Text) // account and plan
            .Materialize(Materialized.As("plan-of-account", Serdes.Utf8, Serdes.Utf8));
        KTable<string, long> accounts = plans
            .GroupBy("by-plan", static (in Record<string, string> r) => r.With(r.Value, r.Key), Grouped.With("accounts-by-plan", Serdes.Utf8, Serdes.Utf8))
            .Count(Materialized.As("accounts-of-plan", Serdes.Utf8, Serdes.Int64));
        accounts.ToStream("account-counts").To("accounts-per-plan", Produced.With(Serdes.Utf8, Serdes.Int64));
        using var driver = new TopologyTestDriver(_builder.Build());
        foreach (string plan in (string[])["free", "paid"])
            driver.CreateInputTopic("plans", Serdes.Utf8, Serdes.Utf8).Pipe("a", plan);
        driver.CreateOutputTopic("accounts-per-plan", Serdes.Utf8, Serdes.Int64).ReadTable().Sorted().ShouldBe(["paid=1"]);
    }

    [Fact]
    public void Cogrouping()
    {
        KStream<string, string> orders = Orders;
        KStream<string, string> payments = Payments;
        CogroupedKStream<string, long> both = orders.GroupByKey()
            .Cogroup(static (long open, in Record<string, string> _) => open + 1, Serdes.Utf8)
            .Cogroup(payments.GroupByKey(), static (long open, in Record<string, string> _) => open - 1, Serdes.Utf8);
        both.Aggregate(static () => 0L, Materialized.As("unpaid", Serdes.Utf8, Serdes.Int64))
            .ToStream("unpaid-changes")
            .To("unpaid-orders", Produced.With(Serdes.Utf8, Serdes.Int64));
        using TopologyTestDriver driver = Pipe(("a", "1:pen"), ("a", "2:ink"));
        driver.CreateInputTopic("payments", Serdes.Utf8, Serdes.Utf8).Pipe("a", "3:pen");
        driver.CreateOutputTopic("unpaid-orders", Serdes.Utf8, Serdes.Int64).ReadTable().Sorted().ShouldBe(["a=1"]);
    }

    [Fact]
    public void Looking_and_going_through()
    {
        KStream<string, string> orders = Orders;
        orders.Filter("large", static (in Record<string, string> order) => order.Value.Length > 5)
            .Through("large-orders", TextOut, Text)
            .Foreach("note", (in Record<string, string> order) => _seen.Add(order.Value));
        Pipe(("a", "1:pen"), ("a", "2:ink and paper")).Dispose();
        _seen.ShouldBe(["2:ink and paper"]);
    }

    [Fact]
    public void Suppressing()
    {
        KStream<string, string> orders = Orders;
        KTable<string, long> counts = orders.GroupByKey().Count(Materialized.As("orders-of-customer", Serdes.Utf8, Serdes.Int64));
        counts.Suppress(Suppressed.UntilTimeLimit("once-an-hour", TimeSpan.FromHours(1), Serdes.Utf8, Serdes.Int64).WithMaxKeys(100_000))
            .ToStream("hourly-counts")
            .To("order-counts", Produced.With(Serdes.Utf8, Serdes.Int64));
        using TopologyTestDriver driver = Pipe(("a", "0:pen"), ("a", "1000:ink"), ("b", "3600000:pen"));
        driver.CreateOutputTopic("order-counts", Serdes.Utf8, Serdes.Int64).ReadKeyValues().Sorted().ShouldBe(["a=2"]);
    }

    [Fact]
    public void Window_and_session_stores()
    {
        KStream<string, string> orders = Orders;
        WindowStoreBuilder<string, long> perMinute = Stores.Window(
            "per-minute", Serdes.Utf8, Serdes.Int64, length: TimeSpan.FromMinutes(1), retention: TimeSpan.FromHours(1));
        orders.Process("last-five", () => new LastFive(perMinute), perMinute)
            .To("last-five-minutes", Produced.With(Serdes.Utf8, Serdes.Int64));
        using TopologyTestDriver driver = Pipe(("a", "0:pen"), ("a", "240000:ink"), ("a", "400000:pen"));
        driver.CreateOutputTopic("last-five-minutes", Serdes.Utf8, Serdes.Int64).ReadKeyValues().Select(static r => r.Value).ShouldBe([1, 2, 2]);
    }

    [Fact]
    public void Asking_for_keys_ahead()
    {
        KStream<string, string> orders = Orders;
        StoreBuilder<string, long> since = Stores.KeyValue("since", Serdes.Utf8, Serdes.Int64);
        orders.Process("first-of-customer", () => new FirstOfCustomer(since), since)
            .To("new-customers", Produced.With(Serdes.Utf8, Serdes.Utf8));
        using TopologyTestDriver driver = Pipe(("a", "1:pen"), ("b", "2:pen"), ("a", "3:ink"));
        driver.CreateOutputTopic("new-customers", Serdes.Utf8, Serdes.Utf8).ReadKeyValues().Select(static r => r.Key).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Past_input()
    {
        KStream<string, string> orders = Orders;
        StoreBuilder<string, long> totals = Stores.KeyValue("totals", Serdes.Utf8, Serdes.Int64);
        StoreBuilder<string, long> prices = Stores.KeyValue("prices", Serdes.Utf8, Serdes.Int64);
        orders.Process("corrected-totals", () => new CorrectedTotals(totals, prices), totals, prices)
            .To("corrections", Produced.With(Serdes.Utf8, Serdes.Int64));
        using TopologyTestDriver driver = Pipe(("price", "2:"), ("a", "5:pen"));
        driver.AdvanceWallClock(TimeSpan.FromSeconds(1));
        TestInputTopic<string, string> more = driver.CreateInputTopic("orders", Serdes.Utf8, Serdes.Utf8);
        more.Pipe("a", "1:ink");
        more.Pipe("price", "3:");
        driver.AdvanceWallClock(TimeSpan.FromSeconds(1));
        driver.CreateOutputTopic("corrections", Serdes.Utf8, Serdes.Int64).ReadKeyValues().Select(static r => r.Value).ShouldBe([10, 6]);
        driver.GetStore(totals).Get("a").ShouldBe(18);
    }

    private string[] Piped(string topic, params (string Key, string Value)[] records)
    {
        using TopologyTestDriver driver = Pipe(records);
        return driver.CreateOutputTopic(topic, Serdes.Utf8, Serdes.Utf8).ReadTable().Sorted();
    }

    private string[] PipedWindows(string topic, params (string Key, string Value)[] records)
    {
        using TopologyTestDriver driver = Pipe(records);
        return driver.CreateOutputTopic(topic, Serdes.Windowed(Serdes.Utf8), Serdes.Int64).ReadKeyValues().Sorted();
    }

    private TopologyTestDriver Pipe(params (string Key, string Value)[] records)
    {
        var driver = new TopologyTestDriver(_builder.Build());
        foreach ((string key, string value) in records)
            driver.CreateInputTopic("orders", Serdes.Utf8, Serdes.Utf8).Pipe(key, value);
        return driver;
    }

    private sealed class CorrectedTotals(StoreBuilder<string, long> totals, StoreBuilder<string, long> prices) : IProcessor<string, string, string, long>
    {
        private readonly Dictionary<string, long> _corrected = [];
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _totals = null!;
        private KeyValueStore<string, long> _prices = null!;
        private PastInput<string, string>? _past;
        private long _price;

        public void Init(ProcessorContext<string, long> context)
        {
            (_context, _totals, _prices) = (context, context.GetStore(totals), context.GetStore(prices));
            context.Schedule(TimeSpan.FromMilliseconds(1), PunctuationType.WallClock, Correct);
        }

        public void Process(in Record<string, string> order)
        {
            if (order.Key == "price")
                _prices.Put("new", Amount(order)); // applied when the past has been read
            else
                _totals.Put(order.Key, _totals.Get(order.Key) + (Amount(order) * _prices.Get("applied")));
        }

        private void Correct(long now)
        {
            if (!_prices.TryGet("new", out long price))
                return;
            if (_past is null)
                (_past, _price) = (_context.ReadPast<string, string>(fromArrival: now - 86_400_000), price);
            if (!_past.Read(5_000, Take))
                return; // the next slice comes with the next punctuation

            // All that the task has processed is in _corrected, and it processes nothing before this returns: the one becomes the other.
            foreach ((string key, long total) in _corrected)
            {
                _context.Forward(new Record<string, long>(key, total - _totals.Get(key), now));
                _totals.Put(key, total);
            }

            _prices.Put("applied", _price);
            if (price == _price)
                _prices.Delete("new");
            _past.Dispose();
            _past = null;
            _corrected.Clear();
        }

        private void Take(in Record<string, string> order, in RecordMetadata metadata)
        {
            if (order.Key != "price")
                _corrected[order.Key] = _corrected.GetValueOrDefault(order.Key) + (Amount(order) * _price);
        }

        private static long Amount(in Record<string, string> order) => OperatorTest.Time(order.Value);
    }

    private sealed class LastFive(WindowStoreBuilder<string, long> perMinute) : IProcessor<string, string, string, long>
    {
        private const long Minute = 60_000;
        private ProcessorContext<string, long> _context = null!;
        private WindowStore<string, long> _counts = null!;

        public void Init(ProcessorContext<string, long> context) => (_context, _counts) = (context, context.GetStore(perMinute));

        public void Process(in Record<string, string> record)
        {
            long minute = record.Timestamp / Minute * Minute;
            _counts.TryGet(record.Key, minute, out long count);
            if (!_counts.Put(record.Key, minute, count + 1))
                return; // stream time is an hour ahead already
            long sum = 0;
            foreach ((_, long ofMinute) in _counts.Fetch(record.Key, minute - (4 * Minute), minute + 1))
                sum += ofMinute;
            _context.Forward(record.WithValue(sum));
        }
    }

    private sealed class FirstOfCustomer(StoreBuilder<string, long> since) : IProcessor<string, string, string, string>, IPrefetchingProcessor<string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private KeyValueStore<string, long> _since = null!;

        public void Init(ProcessorContext<string, string> context) => (_context, _since) = (context, context.GetStore(since));

        public void Prefetch(in Record<string, string> record)
        {
            _since.Prefetch(record.Key);
            _context.Prefetch(in record); // what is forwarded is the record itself
        }

        public void Process(in Record<string, string> record)
        {
            if (_since.TryAdd(record.Key, record.Timestamp))
                _context.Forward(in record);
        }
    }
}
