using System.Text.Json.Nodes;

namespace UsageStreams.Sandbox.NetSuite;

/// <summary>How a PUT changes an invoice that is there.</summary>
internal static class InvoiceMerge
{
    /// <summary>
    /// Fields given replace the old ones. Lines given replace all old lines when asked to; else each takes the place of the old
    /// line with its <c>line</c> number, and those without a number are appended.
    /// </summary>
    public static JsonObject Merge(JsonObject? before, JsonObject given, bool replaceLines)
    {
        var after = (JsonObject?)before?.DeepClone() ?? [];
        foreach (var (name, value) in given)
            if (name != "item") after[name] = value?.DeepClone();
        if (!given.ContainsKey("item")) return after;

        var lines = replaceLines ? [] : InvoiceRules.Lines(after).Select(line => line?.DeepClone()).ToList();
        foreach (var line in InvoiceRules.Lines(given)) Put(lines, line);
        after["item"] = new JsonObject { ["items"] = new JsonArray([.. lines]) };
        return after;
    }

    private static void Put(List<JsonNode?> lines, JsonNode? line)
    {
        var number = (line as JsonObject)?["line"]?.ToJsonString();
        var place = number is null ? -1 : lines.FindIndex(old => (old as JsonObject)?["line"]?.ToJsonString() == number);
        if (place >= 0) lines[place] = line?.DeepClone();
        else lines.Add(line?.DeepClone());
    }
}
