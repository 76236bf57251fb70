using System.Globalization;
using System.Text;

namespace UsageStreams.Host.Reference.Import;

/// <summary>
/// Reads CSV (RFC 4180) record by record: fields in double quotes may hold commas, line ends and doubled quotes. Lines end in LF or CRLF; empty
/// lines are passed over.
/// </summary>
internal sealed class CsvReader(TextReader text)
{
    /// <summary>Longest field: beyond it a quote was left open.</summary>
    public const int MaxField = 1 << 20;

    private readonly StringBuilder _field = new();
    private readonly List<string> _fields = [];
    private readonly char[] _buffer = new char[32 * 1024];
    private int _position;
    private int _length;
    private long _line = 1;

    /// <summary>Line on which the record read last begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The next record, or null at the end.</summary>
    /// <exception cref="FormatException">It is no CSV; the message says why, <see cref="Line"/> where. What follows can't be read.</exception>
    public string[]? Read()
    {
        while (Peek() is '\r' or '\n')
            TakeLineEnd();
        if (Peek() < 0)
            return null;
        Line = _line;
        _fields.Clear();
        do
            _fields.Add(Peek() == '"' ? Quoted() : Plain());
        while (TryTake(','));
        if (Peek() >= 0)
            TakeLineEnd();
        return [.. _fields];
    }

    private string Plain()
    {
        _field.Clear();
        while (Peek() is >= 0 and not ',' and not '\r' and not '\n' and var next)
        {
            if (next == '"')
                throw new FormatException("a double quote stands inside a field that doesn't begin with one; put the field in quotes and double those inside.");
            Append(Take());
        }

        return _field.ToString();
    }

    private string Quoted()
    {
        _field.Clear();
        Take();
        while (true)
        {
            var next = Peek();
            if (next < 0)
                throw new FormatException("a quoted field never ends: its closing double quote is missing.");
            Append(Take());
            if (next != '"')
                continue;
            if (TryTake('"'))
                continue;
            _field.Length--;
            if (Peek() is >= 0 and not ',' and not '\r' and not '\n')
                throw new FormatException("text follows the closing double quote of a field; double the quotes that stand inside it.");
            return _field.ToString();
        }
    }

    private void Append(char character)
    {
        if (_field.Length == MaxField)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"a field is longer than {MaxField} characters; was a double quote left open?"));
        if (character == '\n')
            _line++;
        _field.Append(character);
    }

    private void TakeLineEnd()
    {
        if (Take() == '\r' && !TryTake('\n'))
            throw new FormatException("a carriage return without a line feed ends no line; put fields that hold one in quotes.");
        _line++;
    }

    private bool TryTake(char wanted)
    {
        if (Peek() != wanted)
            return false;
        _position++;
        return true;
    }

    private char Take()
    {
        var next = (char)Peek();
        _position++;
        return next;
    }

    private int Peek()
    {
        if (_position < _length)
            return _buffer[_position];
        _length = text.Read(_buffer);
        _position = 0;
        return _length > 0 ? _buffer[0] : -1;
    }
}
