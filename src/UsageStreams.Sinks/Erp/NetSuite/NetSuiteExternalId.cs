using System.Text;

namespace UsageStreams.Sinks.Erp.NetSuite;

/// <summary>
/// Our ids as NetSuite's external ids, which are letters, digits, '_' and '-'. Different ids stay different: letters, digits and '-'
/// stand for themselves, every other byte of the UTF-8 text is '_' and two hex digits.
/// </summary>
internal static class NetSuiteExternalId
{
    public static string Of(string id)
    {
        var text = new StringBuilder(id.Length + 8);
        foreach (var value in Encoding.UTF8.GetBytes(id))
        {
            var character = (char)value;
            if (char.IsAsciiLetterOrDigit(character) || character == '-') text.Append(character);
            else text.Append('_').Append(value.ToString("x2"));
        }

        return text.ToString();
    }
}
