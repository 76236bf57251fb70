using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace UsageStreams.Host.Commands;

/// <summary>Limits of options, told with the value that broke them.</summary>
internal static class Limits
{
    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both allowed.</summary>
    public static void Between(this Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        if (int.TryParse(Text(result), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && (value < least || value > most))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}: it takes {least} to {most}."));
    });

    /// <summary>Above zero.</summary>
    public static void AboveZero(this Option<double> option) => option.Validators.Add(result =>
    {
        if (double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is not > 0)
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}: it takes a number above 0."));
    });

    /// <summary>Parses an absolute http or https URL.</summary>
    public static Uri? Url(ArgumentResult result)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        result.AddError($"'{text}' is no http or https URL.");
        return null;
    }

    // What is no number at all is told by the parser.
    private static string Text(OptionResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
}
