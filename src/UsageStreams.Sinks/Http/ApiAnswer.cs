using System.Net;
using System.Text;

namespace UsageStreams.Sinks.Http;

/// <summary>What came back of a call that neither failed on the way nor found the system in trouble.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, byte[] Body, Uri? Location)
{
    private const int MostWords = 1_000;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The body as text, short enough for an error or a receipt.</summary>
    public string Words
    {
        get
        {
            var text = Encoding.UTF8.GetString(Body);
            return text.Length <= MostWords ? text : text[..MostWords] + "…";
        }
    }
}
