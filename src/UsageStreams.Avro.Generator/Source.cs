using System.Text;

namespace UsageStreams.Avro.Generator;

/// <summary>C# text with indentation.</summary>
internal sealed class Source
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string text = "")
    {
        if (text.Length > 0)
            _text.Append(' ', 4 * _depth).Append(text);
        _text.Append('\n');
    }

    public void Open(string? header = null)
    {
        if (header is not null)
            Line(header);
        Line("{");
        _depth++;
    }

    public void Close()
    {
        _depth--;
        Line("}");
    }

    public void CloseStatement()
    {
        _depth--;
        Line("};");
    }

    public void Indented(string text)
    {
        _depth++;
        Line(text);
        _depth--;
    }

    public void Summary(string text) => Line($"/// <summary>{Escape(text)}</summary>");

    public override string ToString() => _text.ToString();

    private static string Escape(string text) => text.ReplaceLineEndings(" ")
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
