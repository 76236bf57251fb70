namespace UsageStreams.Gateway.Tests.Support;

internal static class Json
{
    public static string Plain(string id, string more = "", string tenant = "acme", string source = "shop") =>
        $$"""{"id":"{{id}}","source":"{{source}}","type":"t","tenant":"{{tenant}}","time":"2026-05-17T10:05:03.25+02:00"{{more}}}""";

    public static string Plain(int count, string prefix = "e") => $"[{string.Join(',', Enumerable.Range(0, count).Select(i => Plain($"{prefix}{i}")))}]";
}
