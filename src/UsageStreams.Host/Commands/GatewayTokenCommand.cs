using System.CommandLine;
using UsageStreams.Gateway.Tokens;

namespace UsageStreams.Host.Commands;

/// <summary><c>gateway token</c>: makes, lists and revokes tokens.</summary>
internal static class GatewayTokenCommand
{
    public static Command Describe() => new("token", """
        Make, list and revoke the tokens of a gateway; a gateway that runs on the file takes changes over by itself. Every use is a line of the audit log.
        Example: usagestreams gateway token add shop-eu --tenant acme --source shop --tokens tokens.json
        """)
    {
        DescribeAdd(),
        DescribeList(),
        DescribeRevoke(),
    };

    private static Command DescribeAdd()
    {
        var name = new Argument<string>("NAME") { Description = "What it is called: who holds it" };
        var tenants = new Option<string[]>("--tenant") { Description = "A tenant it may send for; may be repeated" };
        var sources = new Option<string[]>("--source") { Description = "A source it may send for; may be repeated" };
        var any = new Option<bool>("--any") { Description = "It may send for any tenant and source" };
        var days = new Option<int>("--days") { Description = "Days until it expires; 365 by default", DefaultValueFactory = static _ => 365 };
        days.Between(1, 3650);
        var command = new Command("add", "Make a token and print it: this once, it is kept nowhere") { name, tenants, sources, any, days };
        var admin = new AdminOptions(command);
        command.SetAction(async parsed =>
        {
            var (forTenants, forSources) = (parsed.GetValue(tenants) ?? [], parsed.GetValue(sources) ?? []);
            if (parsed.GetValue(any) == (forTenants.Length + forSources.Length > 0))
                throw new HostException(ExitCodes.Usage, "Say what the token may send: --tenant and --source, as many as it needs, or --any alone.");
            var entry = admin.Open(parsed).Add(
                parsed.GetValue(name)!, forTenants.Length > 0 ? forTenants : null, forSources.Length > 0 ? forSources : null, TimeSpan.FromDays(parsed.GetValue(days)), out var token);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(token);
            await parsed.InvocationConfiguration.Error.WriteLineAsync(
                FormattableString.Invariant($"'{entry.Name}' for {Scope("tenants", entry.Tenants)}, {Scope("sources", entry.Sources)}, until {entry.Expires:yyyy-MM-dd}. It is not shown again."));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command DescribeList()
    {
        var command = new Command("list", "List the tokens: name, id, what they may send, until when; never their secrets");
        var admin = new AdminOptions(command);
        command.SetAction(async parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            foreach (var token in admin.Open(parsed).List())
            {
                await output.WriteLineAsync(FormattableString.Invariant(
                    $"{token.Name,-24}{token.Id,-20}{token.Created:yyyy-MM-dd}  until {token.Expires:yyyy-MM-dd}  {Scope("tenants", token.Tenants)}, {Scope("sources", token.Sources)}"));
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command DescribeRevoke()
    {
        var name = new Argument<string>("NAME") { Description = "The token's name" };
        var command = new Command("revoke", "Take a token away; a running gateway refuses it within a second or two") { name };
        var admin = new AdminOptions(command);
        command.SetAction(async parsed =>
        {
            admin.Open(parsed).Revoke(parsed.GetValue(name)!);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"'{parsed.GetValue(name)}' is revoked");
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Scope(string what, IReadOnlyList<string>? values) => values is null ? $"any {what}" : $"{what} {string.Join(' ', values)}";

    /// <summary>The two files.</summary>
    private sealed class AdminOptions
    {
        private readonly Option<FileInfo> _tokens = GatewayArguments.Tokens();
        private readonly Option<FileInfo?> _audit = new("--audit") { Description = "The audit log; the tokens' file with '.audit' by default" };

        public AdminOptions(Command command)
        {
            command.Options.Add(_tokens);
            command.Options.Add(_audit);
        }

        public TokenAdmin Open(ParseResult parsed)
        {
            var file = parsed.GetValue(_tokens)!.FullName;
            return new TokenAdmin(file, parsed.GetValue(_audit)?.FullName ?? file + ".audit", TimeProvider.System);
        }
    }
}
