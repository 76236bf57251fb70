using System.CommandLine;
using UsageStreams.Host.Generate;

namespace UsageStreams.Host.Commands;

/// <summary>The options of a generated load.</summary>
internal sealed class GenerateArguments
{
    private static readonly GenerateOptions Defaults = new();

    private readonly Option<ulong> _seed = Setting("--seed", "Chooses all random numbers", Defaults.Seed);
    private readonly Option<long> _records = Setting("--records", "Records to publish", Defaults.Records);
    private readonly Option<int> _tenants = Setting("--tenants", "Tenants that the reference data knows", Defaults.Tenants);
    private readonly Option<int> _users = Setting("--users", "Users of a tenant, at most", Defaults.UsersPerTenant);
    private readonly Option<double> _zipf = Setting("--zipf", "Zipf exponent of the tenants' shares; 0 gives all the same", Defaults.ZipfExponent);
    private readonly Option<DateTimeOffset> _from = Setting("--from", "First instant of event time", Defaults.From);
    private readonly Option<TimeSpan> _span = Setting("--span", "Event time the records are spread over, days.hours:minutes:seconds", Defaults.Span);
    private readonly Option<double> _nights = Setting("--nights", "How deep the nights are, 0 to 1", Defaults.Nights);
    private readonly Option<double> _bursts = Setting("--bursts", "Bursts per day of event time", Defaults.BurstsPerDay);
    private readonly Option<double> _duplicates = Setting("--duplicates", "Share of records that repeat an earlier event", Defaults.Duplicates);
    private readonly Option<double> _late = Setting("--late", "Share of events 2 to 12 hours back, after their window closed", Defaults.Late);
    private readonly Option<double> _outOfOrder = Setting("--out-of-order", "Share of events up to 5 minutes back", Defaults.OutOfOrder);
    private readonly Option<double> _unknown = Setting("--unknown-tenants", "Share of records of tenants without reference data", Defaults.UnknownTenants);
    private readonly Option<double> _undecodable = Setting("--undecodable", "Share of records that are no Avro", Defaults.Undecodable);
    private readonly Option<double> _invalid = Setting("--invalid", "Share of records without id, type or tenant", Defaults.Invalid);
    private readonly Option<double> _conflicts = Setting("--conflicts", "Share of records with the id of an earlier event and another quantity", Defaults.Conflicts);
    private readonly Option<double> _retractions = Setting("--retractions", "Share of records that take an earlier event back", Defaults.Retractions);
    private readonly Option<string> _source = Setting("--as", "Name of the source", Defaults.Source);

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)
            [_seed, _records, _tenants, _users, _zipf, _from, _span, _nights, _bursts, _duplicates, _late, _outOfOrder, _unknown, _undecodable, _invalid, _conflicts, _retractions, _source])
            command.Options.Add(option);
    }

    /// <summary>What was given.</summary>
    /// <exception cref="HostException">A value is out of its range.</exception>
    public GenerateOptions Read(ParseResult parsed)
    {
        var options = new GenerateOptions
        {
            Seed = parsed.GetValue(_seed), Records = parsed.GetValue(_records), Tenants = parsed.GetValue(_tenants),
            UsersPerTenant = parsed.GetValue(_users), ZipfExponent = parsed.GetValue(_zipf), From = parsed.GetValue(_from).ToUniversalTime(),
            Span = parsed.GetValue(_span), Nights = parsed.GetValue(_nights), BurstsPerDay = parsed.GetValue(_bursts),
            Duplicates = parsed.GetValue(_duplicates), Late = parsed.GetValue(_late), OutOfOrder = parsed.GetValue(_outOfOrder),
            UnknownTenants = parsed.GetValue(_unknown), Undecodable = parsed.GetValue(_undecodable), Invalid = parsed.GetValue(_invalid),
            Conflicts = parsed.GetValue(_conflicts), Retractions = parsed.GetValue(_retractions), Source = parsed.GetValue(_source)!,
        };
        return options.Fault() is { } fault ? throw new HostException(ExitCodes.Usage, fault) : options;
    }

    private static Option<T> Setting<T>(string name, string description, T otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };
}
