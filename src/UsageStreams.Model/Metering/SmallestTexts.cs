using System.Text;

namespace UsageStreams.Model;

/// <summary>The smallest of many texts in ordinal order, each once: a choice that does not depend on the order they come in.</summary>
public sealed class SmallestTexts
{
    /// <summary>How many are kept.</summary>
    public const int Limit = 16;

    private readonly List<string> _texts = [];

    /// <summary>Those kept, in order.</summary>
    public IReadOnlyList<string> All => _texts;

    /// <summary>Offers one more.</summary>
    public void Add(string text)
    {
        var at = _texts.BinarySearch(text, StringComparer.Ordinal);
        if (at < 0) Insert(~at, text);
    }

    /// <summary>Offers one more, which becomes an object only when it is kept.</summary>
    /// <param name="ascii">The text; one that is no ASCII is passed over.</param>
    public void Add(ReadOnlySpan<byte> ascii)
    {
        var at = _texts.Count;
        while (at > 0)
        {
            var order = Compare(ascii, _texts[at - 1]);
            if (order == 0) return;
            if (order > 0) break;
            at--;
        }

        if (at < Limit && Ascii.IsValid(ascii)) Insert(at, Encoding.ASCII.GetString(ascii));
    }

    /// <summary>Offers all of another set.</summary>
    public void Add(SmallestTexts others)
    {
        foreach (var text in others._texts) Add(text);
    }

    /// <summary>Takes away what another set keeps. Of those that were never kept none takes its place.</summary>
    public void Remove(SmallestTexts others) => _texts.RemoveAll(others._texts.Contains);

    /// <summary>Forgets all.</summary>
    public void Clear() => _texts.Clear();

    private void Insert(int at, string text)
    {
        if (at == Limit) return;
        if (_texts.Count == Limit) _texts.RemoveAt(Limit - 1);
        _texts.Insert(at, text);
    }

    private static int Compare(ReadOnlySpan<byte> ascii, string text)
    {
        var common = Math.Min(ascii.Length, text.Length);
        for (var i = 0; i < common; i++)
        {
            if (ascii[i] != text[i]) return ascii[i] - text[i];
        }

        return ascii.Length - text.Length;
    }
}
