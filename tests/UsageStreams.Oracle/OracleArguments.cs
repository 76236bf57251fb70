using System.Globalization;
using UsageStreams.Oracle.Load;

namespace UsageStreams.Oracle;

/// <summary>What <c>./dev oracle</c> is asked to do.</summary>
internal sealed record OracleArguments
{
    public const string Usage = """
        ./dev oracle [--seeds 10] [--from 1] [--seed S] [--events 20000] [--features all|LIST] [--permutations N] [--threads N] [--shrink]
          --seeds N     seeds to run, from --from on
          --seed S      one seed; with --shrink the smallest load found that fails is told, step by step
          --events N    events of a load, repetitions and garbage not counted
          --permutations N  orders of arrival in which each seed's events are played, instead of one
          --features L  all, none, or names such as remaps,withdrawals; every third seed takes months besides, every second leaves dependent out, unless they are named
        """;

    public int Seeds { get; init; } = 10;

    public int From { get; init; } = 1;

    public int Events { get; init; } = 20_000;

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Null: those that are supported, by turns.</summary>
    public Features? Features { get; init; }

    /// <summary>Orders of arrival of each seed; 0: the load as it is made.</summary>
    public int Permutations { get; init; }

    public bool Shrink { get; init; }

    /// <exception cref="FormatException">A word is no option, or lacks its value.</exception>
    public static OracleArguments Parse(IReadOnlyList<string> words)
    {
        var arguments = new OracleArguments();
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            string Value() => ++index < words.Count ? words[index] : throw new FormatException($"{word} needs a value.");
            int Number() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new FormatException($"{word} needs a number above 0.");
            arguments = word switch
            {
                "--seeds" => arguments with { Seeds = Number() },
                "--from" => arguments with { From = Number() },
                "--seed" => arguments with { From = Number(), Seeds = 1 },
                "--events" => arguments with { Events = Number() },
                "--threads" => arguments with { Threads = Number() },
                "--permutations" => arguments with { Permutations = Number() },
                "--features" => arguments with { Features = FeaturesOf(Value()) },
                "--shrink" => arguments with { Shrink = true },
                _ => throw new FormatException($"{word} is no option."),
            };
        }

        return arguments;
    }

    /// <summary>The load of a seed.</summary>
    public LoadOptions LoadOf(int seed) => LoadOptions.OfSeed(seed, Events) is var load && Features is { } features ? load with { Features = features } : load;

    /// <summary>The words that run a seed again.</summary>
    public string Again(int seed) =>
        $"./dev oracle --seed {seed} --events {Events}{(Features is { } features ? $" --features {features.ToString().Replace(" ", string.Empty, StringComparison.Ordinal)}" : string.Empty)}{(Permutations > 0 ? $" --permutations {Permutations}" : " --shrink")}";

    private static Features FeaturesOf(string names) => names.Equals("all", StringComparison.OrdinalIgnoreCase) ? LoadOptions.All
        : Enum.TryParse<Features>(names, ignoreCase: true, out var features) ? features
        : throw new FormatException($"--features takes all, or some of {string.Join(", ", Enum.GetNames<Features>())}, parted by commas.");
}
