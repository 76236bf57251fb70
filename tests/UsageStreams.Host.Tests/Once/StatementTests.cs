using System.Text.Json;
using UsageStreams.Host.Once;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Once;

public sealed class StatementTests
{
    private static readonly Statement Good = new(
        new EventOutcomes { Read = 10_001, Counted = 10_000, Duplicate = 0, Rejected = 1, Parked = 0 },
        1_753, 1_474,
        new Dictionary<string, decimal> { ["api.calls"] = 9_780.000000000m, ["bytes.out"] = 2_747_282_740.000000000m, ["active.users"] = 3_027m },
        new SortedDictionary<string, int> { ["held"] = 2, ["posted"] = 1_472 },
        1_472, 12.50m, 2_000, [], 12.345);

    [Fact]
    public void The_JSON_is_one_object_of_numbers_with_all_their_digits() =>
        JsonSerializer.Serialize(JsonDocument.Parse(StatementWriter.Json(Good)).RootElement).ShouldBe(
            "{\"events\":{\"read\":10001,\"counted\":10000,\"duplicate\":0,\"rejected\":1,\"parked\":0,\"lateRejected\":0},\"tenants\":1753,\"accounts\":1474," +
            "\"metrics\":{\"api.calls\":9780,\"bytes.out\":2747282740,\"active.users\":3027},\"transactions\":{\"held\":2,\"posted\":1472}," +
            "\"erp\":{\"documents\":1472,\"total\":12.5},\"crm\":{\"signals\":2000},\"recount\":\"equal\",\"seconds\":12.3}");

    [Fact]
    public void What_differs_is_said()
    {
        var wrong = Good with { Differences = ["tenants 1, the recount has 2", "ERP total 3, posted transactions have 4"] };

        JsonDocument.Parse(StatementWriter.Json(wrong)).RootElement.GetProperty("recount").GetString()
            .ShouldBe("tenants 1, the recount has 2; ERP total 3, posted transactions have 4");
        StatementWriter.Text(wrong).ShouldContain("ERP total 3, posted transactions have 4");
        StatementWriter.Text(wrong).ShouldNotContain("equal");
    }

    [Fact]
    public void People_read_the_same() => StatementWriter.Text(Good).ReplaceLineEndings("\n").ShouldBe(
        """
        events        10,001 read, 10,000 counted, 0 duplicate, 1 rejected, 0 parked, 0 too late
        tenants       1,753 in 1,474 accounts
        api.calls     9,780
        bytes.out     2,747,282,740
        active.users  3,027
        transactions  2 held, 1,472 posted
        ERP sandbox   1,472 documents, 12.50 USD
        CRM sandbox   2,000 signals
        recount       equal
        took          12.3 s

        """);
}
