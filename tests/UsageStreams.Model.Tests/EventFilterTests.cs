using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

public sealed class EventFilterTests
{
    [Theory]
    [InlineData("status = 200", true)]
    [InlineData("status = 200.0", true)]
    [InlineData("status = \"200\"", true)]
    [InlineData("status = \"200.0\"", false)]
    [InlineData("status >= 200 and status < 400", true)]
    [InlineData("status in (404, 200)", true)]
    [InlineData("status in (\"404\")", false)]
    [InlineData("region in (\"eu\", \"us\")", true)]
    [InlineData("region < \"m\" and region > \"EU\"", true)]
    [InlineData("type = \"http.request\" and source != \"batch\"", true)]
    [InlineData("user = \"ann\" and workspace is unknown", true)]
    [InlineData("quantity > 0 and quantity <= 12.5", true)]
    [InlineData("quantity in (12.50)", true)]
    [InlineData("beta = true", true)]
    [InlineData("beta != true", false)]
    [InlineData("beta in (false, true)", true)]
    [InlineData("properties.beta = \"True\"", true)]
    [InlineData("properties.\"a b\" = \"\\u0041\\\"\\\\\"", true)]
    [InlineData("properties.user = \"shadow\"", true)]
    [InlineData("http.status-code is known", true)]
    [InlineData("status = 1 or status = 2 and status = 200", false)]
    [InlineData("(status = 200 or status = 2) and status = 200", true)]
    [InlineData("not status = 404 and region = \"eu\"", true)]
    [InlineData("not (status = 404 or region = \"eu\")", false)]
    [InlineData("", true)]
    [InlineData("  \n ", true)]
    public void It_judges_events(string filter, bool holds) => EventFilter.Parse(filter).Holds(Event).ShouldBe(holds);

    [Theory]
    [InlineData("missing = 1")]
    [InlineData("missing != 1")]
    [InlineData("missing < 1")]
    [InlineData("missing >= 1")]
    [InlineData("missing = \"1\"")]
    [InlineData("missing != \"1\"")]
    [InlineData("missing > \"1\"")]
    [InlineData("missing = true")]
    [InlineData("missing != true")]
    [InlineData("missing in (1)")]
    [InlineData("missing in (\"1\")")]
    [InlineData("region = 1")]
    [InlineData("region != 1")]
    [InlineData("region < 1")]
    [InlineData("region >= 1")]
    [InlineData("region in (1, 2)")]
    [InlineData("region = true")]
    [InlineData("region != true")]
    [InlineData("region in (true, false)")]
    [InlineData("workspace = \"w\"")]
    [InlineData("workspace != \"w\"")]
    public void A_comparison_with_what_is_unknown_or_of_another_kind_is_false_and_its_opposite_true(string comparison)
    {
        EventFilter.Parse(comparison).Holds(Event).ShouldBeFalse();
        EventFilter.Parse("not " + comparison).Holds(Event).ShouldBeTrue();
    }

    [Fact]
    public void A_quantity_that_is_not_there_compares_as_unknown()
    {
        var usage = Event with { Quantity = null };

        foreach (var comparison in (string[])["quantity = 0", "quantity != 0", "quantity < 0", "quantity >= 0", "quantity in (0)", "quantity is known"])
            EventFilter.Parse(comparison).Holds(usage).ShouldBeFalse();
        EventFilter.Parse("quantity is unknown").Holds(usage).ShouldBeTrue();
    }

    [Theory]
    [InlineData("status =", 9, "expected a literal, found the end")]
    [InlineData("status 200", 8, "expected = != < <= > >= in is")]
    [InlineData("status == 200", 9, "expected a literal")]
    [InlineData("200 = status", 1, "the name stands left")]
    [InlineData("status = ok", 10, "text in double quotes")]
    [InlineData("status = 'ok'", 10, "double quotes")]
    [InlineData("status = \"ok", 10, "has no end")]
    [InlineData("status = \"o\nk\"", 12, "control characters")]
    [InlineData("status = \"\\x\"", 11, "four hex digits")]
    [InlineData("status = 1e3", 10, "without exponent")]
    [InlineData("status = 1.", 10, "a number such as 200")]
    [InlineData("status = 12345678901234567890123456789", 10, "at most 28 digits")]
    [InlineData("quantity = \"1\"", 12, "compare it with a number")]
    [InlineData("user = 42", 8, "write \"42\"")]
    [InlineData("type = true", 8, "write \"true\"")]
    [InlineData("beta < true", 8, "no order")]
    [InlineData("status in 200", 11, "expected '('")]
    [InlineData("status in ()", 12, "expected a literal")]
    [InlineData("status in (200, \"ok\")", 17, "of one kind")]
    [InlineData("status in (200", 15, "expected ',' or ')'")]
    [InlineData("status not in (200)", 8, "in front of the whole condition")]
    [InlineData("user is 5", 9, "expected 'known' or 'unknown'")]
    [InlineData("(status = 1", 12, "'(' of column 1")]
    [InlineData("status = 1)", 11, "expected 'and', 'or' or the end")]
    [InlineData("status = 1 AND beta = true", 12, "join two conditions")]
    [InlineData("status = 1 & beta = true", 12, "write and, or")]
    [InlineData("status = 1 = 2", 12, "NAME OPERATOR LITERAL, once")]
    [InlineData("and", 1, "expected type, source")]
    [InlineData("tenant = \"t\"", 1, "properties.tenant")]
    [InlineData("properties. = 1", 12, "expected the name of a property")]
    [InlineData("!beta", 1, "not for the opposite")]
    [InlineData("a = 1; drop", 6, "found ';'")]
    public void A_fault_is_told_with_its_column_and_the_next_step(string filter, int column, string expected)
    {
        EventFilter.TryParse(filter, out var none, out var fault).ShouldBeFalse();

        none.ShouldBeNull();
        fault!.Message.ShouldContain(expected);
        fault.Column.ShouldBe(column);
        Should.Throw<ModelException>(() => EventFilter.Parse(filter)).Message.ShouldContain($"column {column}: ");
    }

    [Fact]
    public void Length_and_depth_are_bounded()
    {
        EventFilter.TryParse(new string('(', EventFilter.MostDepth) + "a = 1" + new string(')', EventFilter.MostDepth), out _, out _).ShouldBeTrue();
        EventFilter.TryParse(new string('(', EventFilter.MostDepth + 1) + "a = 1" + new string(')', EventFilter.MostDepth + 1), out _, out var deep).ShouldBeFalse();
        deep!.Message.ShouldContain("32 deep");
        EventFilter.TryParse(string.Concat(Enumerable.Repeat("not ", 1000)) + "a = 1", out _, out _).ShouldBeFalse();
        EventFilter.TryParse(new string(' ', EventFilter.MostLength + 1), out _, out var longer).ShouldBeFalse();
        longer!.Message.ShouldContain("at most 4096 characters");
    }

    [Fact]
    public void A_long_row_of_conditions_is_not_deep()
    {
        var row = string.Join(" and ", Enumerable.Repeat("a=1", 500));

        EventFilter.Parse(row).ToString().ShouldBe(row.Replace("a=1", "a = 1", StringComparison.Ordinal));
    }

    [Fact]
    public void Judging_allocates_nothing()
    {
        var filter = EventFilter.Parse("""
            status >= 200 and status < 400.5 and (region in ("eu", "us") or not feature = "beta") and quantity > 0 and user is known and beta = true
            and status in (200, 304) and load < 0.75 and not region < "a"
            """);
        var usage = Event;
        filter.Holds(usage).ShouldBeTrue();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var held = 0;
        for (var i = 0; i < 10_000; i++) held += filter.Holds(usage) ? 1 : 0;

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
        held.ShouldBe(10_000);
    }

    private static MetricEvent Event { get; } = new("http.request", "web", "t", "ann", null, "site", 0, 12.5m, new PropertySet(
        new("status", "200"), new("region", "eu"), new("beta", "True"), new("a b", "A\"\\"), new("user", "shadow"), new("http.status-code", ""), new("load", " 0.5 ")));
}
