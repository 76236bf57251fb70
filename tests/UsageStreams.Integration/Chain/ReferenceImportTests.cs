namespace UsageStreams.Integration.Chain;

/// <summary>Reference data out of files, into the topics and back, by the command.</summary>
public sealed class ReferenceImportTests(ChainKafka kafka) : IClassFixture<ChainKafka>
{
    private const string Accounts = "id,name,legalEntity,soldTo,billTo,crmAccount,contracts\na,\"Acme, Inc.\",1,2,3,4,C-a\nb,Beta,1,2,3,4,C-b\n";
    private const string Contracts = "id,account,from,currency,zone,anchorDay,metric,item,included,unitPrice,product\n"
        + "C-a,a,2026-01-01,EUR,Europe/Berlin,1,api.calls,API,10,0.5,site\nC-a,,,,,,bytes.out,B,0,0.1,\nC-b,b,2026-01-01,USD,UTC,31,api.calls,API,10,0.5,\n";
    private const string Products = "id,name,sku,from,to\nsite,Site,S1,2025-01-01,2026-01-01\nsite,,S2,2026-01-01,\n";
    private const string Tenants = "id,account,from,to\nt1,a,2026-01-01,2026-02-01T08:30:00Z\nt1,b,2026-02-01T08:30:00Z,\nt2,b,2026-01-01,\n";

    private readonly string _folder = Directory.CreateDirectory(kafka.Folder($"reference-{Guid.NewGuid():N}")).FullName;

    [Fact]
    public async Task What_was_imported_is_exported_and_says_the_same()
    {
        var options = kafka.Options(out _);
        var files = await WriteAllAsync();
        (await RunAsync(0, ["ref", "import", .. files, "--actor", "ann", "--reason", "first", .. options])).Output
            .ShouldBe("products: 1 new, 0 changed, 0 unchanged, 0 taken out\ncontracts: 2 new, 0 changed, 0 unchanged, 0 taken out\n"
                + "accounts: 2 new, 0 changed, 0 unchanged, 0 taken out\ntenants: 2 new, 0 changed, 0 unchanged, 0 taken out\n");

        var exported = Path.Combine(_folder, "exported");
        await RunAsync(0, ["ref", "export", exported, .. options]);
        (await RunAsync(0, ["ref", "import", .. Directory.GetFiles(exported), "--replace", .. options])).Output
            .ShouldBe("products: 0 new, 0 changed, 1 unchanged, 0 taken out\ncontracts: 0 new, 0 changed, 2 unchanged, 0 taken out\n"
                + "accounts: 0 new, 0 changed, 2 unchanged, 0 taken out\ntenants: 0 new, 0 changed, 2 unchanged, 0 taken out\n");
        var again = Path.Combine(_folder, "again");
        await RunAsync(0, ["ref", "export", again, .. options]);
        foreach (var file in Directory.GetFiles(exported))
            (await File.ReadAllTextAsync(Path.Combine(again, Path.GetFileName(file)), Cancellation)).ShouldBe(await File.ReadAllTextAsync(file, Cancellation));
    }

    [Fact]
    public async Task A_change_is_a_new_version_and_the_timeline_shows_it()
    {
        var options = kafka.Options(out _);
        await RunAsync(0, ["ref", "import", .. await WriteAllAsync(), .. options]);
        var moved = await WriteAsync("tenants-moved.csv", "id,account,from,to\nt1,b,2026-01-01,\n");
        (await RunAsync(0, ["ref", "import", moved, "--actor", "bob", "--reason", "it was Beta's all along", .. options])).Output
            .ShouldContain("tenants: 0 new, 1 changed, 0 unchanged, 0 taken out");

        (await RunAsync(0, ["ref", "show", "t1", .. options])).Output.ReplaceLineEndings("\n").ShouldBe(
            "tenant t1, version 2 by bob: it was Beta's all along\n"
            + "from                 to                   belongs to\n"
            + "-                    2026-01-01           nobody: the tenant has no account then\n"
            + "2026-01-01           -                    account b@1 (Beta), contract C-b@1\n");
        (await RunAsync(1, ["ref", "show", "t9", .. options])).Errors.ShouldContain("There is no tenant t9");
    }

    [Fact]
    public async Task With_a_fault_anywhere_nothing_is_published()
    {
        var options = kafka.Options(out _);
        var files = await WriteAllAsync();
        var broken = await WriteAsync("tenants-broken.csv", "id,account,from,to\nt3,a,2026-01-01,\nt4,nobody,2026-01-01,\n");

        var run = await RunAsync(1, ["ref", "import", .. files, broken, .. options]);

        run.Errors.ShouldContain(broken + ":3: tenant t4 belongs to account nobody");
        run.Errors.ShouldContain("Nothing was published.");
        (await RunAsync(0, ["ref", "export", Path.Combine(_folder, "nothing"), .. options])).Output.ShouldNotContain(".csv: 1");
        (await RunAsync(0, ["ref", "import", .. files, "--check", .. options])).Output.ShouldContain("tenants: 2 new");
        (await RunAsync(0, ["ref", "import", .. files, .. options])).Output.ShouldContain("tenants: 2 new");
    }

    [Fact]
    public async Task Replace_takes_out_what_is_in_no_file_unless_something_still_leads_there()
    {
        var options = kafka.Options(out _);
        await RunAsync(0, ["ref", "import", .. await WriteAllAsync(), .. options]);
        var accounts = await WriteAsync("accounts-less.csv", string.Join('\n', Accounts.Split('\n').Where(static line => !line.StartsWith("a,", StringComparison.Ordinal))));
        var contracts = await WriteAsync("contracts-less.csv", string.Join('\n', Contracts.Split('\n').Where(static line => !line.StartsWith("C-a,", StringComparison.Ordinal))));
        var tenants = await WriteAsync("tenants-less.csv", "id,account,from,to\nt2,b,2026-01-01,\n");

        (await RunAsync(1, ["ref", "import", accounts, contracts, "--replace", .. options])).Errors.ShouldContain("ref.tenants: tenant t1 belongs to account a");
        (await RunAsync(0, ["ref", "import", accounts, contracts, tenants, "--replace", .. options])).Output
            .ShouldBe("products: 0 new, 0 changed, 0 unchanged, 0 taken out\ncontracts: 0 new, 0 changed, 1 unchanged, 1 taken out\n"
                + "accounts: 0 new, 0 changed, 1 unchanged, 1 taken out\ntenants: 0 new, 0 changed, 1 unchanged, 1 taken out\n");
        (await RunAsync(1, ["ref", "show", "t1", .. options])).Errors.ShouldContain("There is no tenant t1");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<string[]> WriteAllAsync() =>
    [
        await WriteAsync("tenants.csv", Tenants), await WriteAsync("accounts.csv", Accounts),
        await WriteAsync("contracts.csv", Contracts), await WriteAsync("products.csv", Products),
    ];

    private async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, text, Cancellation);
        return path;
    }

    private static async Task<(string Output, string Errors)> RunAsync(int expected, string[] arguments)
    {
        var (exitCode, output, errors) = await UsageStreamsCommand.RunAsync(arguments);
        exitCode.ShouldBe(expected, errors);
        return (output, errors);
    }
}
