using System.Globalization;
using System.Text;

namespace UsageStreams.Model;

/// <summary>Cuts a filter into words, literals and signs; looks at each character once.</summary>
internal sealed class FilterLexer(string text)
{
    // decimal holds any number of so many digits exactly.
    private const int MostDigits = 28;

    private int _at;

    public FilterToken Next()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n') _at++;
        if (_at == text.Length) return new FilterToken(FilterTokenKind.End, _at + 1, string.Empty);
        var first = text[_at];
        if (EventField.IsStart(first)) return Word();
        if (char.IsAsciiDigit(first) || first == '-') return Number();
        return first == '"' ? Text(FilterTokenKind.Text, _at + 1) : Sign(first);
    }

    private FilterToken Word()
    {
        var start = _at;
        while (_at < text.Length && EventField.IsPart(text[_at])) _at++;
        var word = text[start.._at];
        if (!word.StartsWith(EventField.PropertyPrefix, StringComparison.Ordinal)) return new FilterToken(FilterTokenKind.Word, start + 1, word);
        if (word.Length > EventField.PropertyPrefix.Length) return new FilterToken(FilterTokenKind.Property, start + 1, word[EventField.PropertyPrefix.Length..]);
        return _at < text.Length && text[_at] == '"'
            ? Text(FilterTokenKind.Property, start + 1)
            : throw Fault(_at + 1, "expected the name of a property behind 'properties.'; write properties.NAME, or properties.\"NAME\" for a name with other signs than letters, digits, '_', '-' and '.'");
    }

    private FilterToken Number()
    {
        var start = _at++;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        if (_at < text.Length && text[_at] == '.')
        {
            _at++;
            while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        }

        var written = text[start.._at];
        if (_at < text.Length && EventField.IsPart(text[_at]) || !char.IsAsciiDigit(written[^1]))
            throw Fault(start + 1, $"expected a number such as 200 or -0.5, found '{text[start..Math.Min(_at + 1, text.Length)]}'; write text in double quotes, and numbers without exponent");
        if (written.Count(char.IsAsciiDigit) > MostDigits)
            throw Fault(start + 1, $"a number has at most {MostDigits} digits, this one has {written.Count(char.IsAsciiDigit)}; write fewer");
        return new FilterToken(FilterTokenKind.Number, start + 1, written, decimal.Parse(written, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture));
    }

    private FilterToken Text(FilterTokenKind kind, int column)
    {
        var opened = _at++;
        var read = new StringBuilder();
        while (_at < text.Length && text[_at] != '"')
        {
            if (char.IsControl(text[_at])) throw Fault(_at + 1, "a text may not run over the end of a line or hold control characters; write them as \\n, \\t or \\u0000");
            read.Append(text[_at] == '\\' ? Escaped() : text[_at++]);
        }

        if (_at == text.Length) throw Fault(opened + 1, "the text that starts here has no end; close it with '\"'");
        _at++;
        return new FilterToken(kind, column, read.ToString());
    }

    private char Escaped()
    {
        var start = _at;
        var sign = _at + 1 < text.Length ? text[_at + 1] : '\0';
        _at += 2;
        switch (sign)
        {
            case '"' or '\\':
                return sign;
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'u' when _at + 4 <= text.Length && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                throw Fault(start + 1, "expected \\\", \\\\, \\n, \\t or \\u and four hex digits; write \\\\ for a backslash");
        }
    }

    private FilterToken Sign(char first)
    {
        var start = _at++;
        var two = _at < text.Length && text[_at] == '=';
        if (first is '<' or '>' or '!' && two) _at++;
        if (first is '(' or ')' or ',' or '=' or '<' or '>' || (first == '!' && two)) return new FilterToken(FilterTokenKind.Sign, start + 1, text[start.._at]);
        throw Fault(start + 1, first switch
        {
            '\'' or '`' => $"found {first}; write text in double quotes, such as \"eu\"",
            '!' => "found '!'; write != for unequal and not for the opposite",
            '&' or '|' => $"found '{first}'; write and, or",
            _ => $"found '{first}', which no filter holds outside of text; write text in double quotes",
        });
    }

    private static FilterFaultException Fault(int column, string message) => new(column, message);
}
