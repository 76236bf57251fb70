using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace UsageStreams.Gateway.Pages;

/// <summary>The description as one page for people: no script, nothing from elsewhere.</summary>
internal static class DescriptionPage
{
    private const string Style = """
        body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1c1e21;background:#fff}
        h2{margin-top:2.5rem;border-top:1px solid #d0d4d9;padding-top:1rem}code,pre{font:14px/1.45 ui-monospace,monospace}
        pre{background:#f4f5f7;padding:.8rem;overflow:auto;border-radius:4px}table{border-collapse:collapse;width:100%}
        td,th{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid #e6e8eb}
        @media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#16181b}pre{background:#22252a}td,th,h2{border-color:#3a3e45}}
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(OpenApiDocument document)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Text(document.Info.Title)).Append("</title><style>").Append(Style).Append("</style></head><body><h1>").Append(Text(document.Info.Title))
            .Append("</h1><p>").Append(Text(document.Info.Description)).Append("</p><p>The same for programs: <a href=\"openapi.json\">openapi.json</a>.</p>");
        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations ?? [])
                Append(page, path, method.Method, operation);
        }

        return page.Append("</body></html>").ToString();
    }

    private static void Append(StringBuilder page, string path, string method, OpenApiOperation operation)
    {
        page.Append("<h2><code>").Append(Text(method)).Append(' ').Append(Text(path)).Append("</code></h2><p><b>").Append(Text(operation.Summary)).Append("</b></p><p>")
            .Append(Text(operation.Description)).Append("</p>");
        if (operation.RequestBody is { Content: { } forms } body)
        {
            page.Append("<p>").Append(Text(body.Description)).Append("</p>");
            foreach (var (type, form) in forms)
                Append(page, type, form);
        }

        page.Append("<h3>Answers</h3><table>");
        foreach (var (status, response) in operation.Responses ?? [])
        {
            page.Append("<tr><th>").Append(Text(status)).Append("</th><td>").Append(Text(response.Description)).Append("</td><td><code>")
                .Append(string.Join("<br>", (response.Content?.Keys ?? Enumerable.Empty<string>()).Select(Text))).Append("</code></td></tr>");
        }

        page.Append("</table>");
    }

    private static void Append(StringBuilder page, string type, OpenApiMediaType form)
    {
        page.Append("<h3><code>").Append(Text(type)).Append("</code></h3><p>").Append(Text(form.Schema?.Description)).Append("</p>");
        if (form.Example is { } example)
            page.Append("<pre>").Append(Text(example is JsonValue value && value.TryGetValue<string>(out var lines) ? lines : example.ToJsonString(Indented))).Append("</pre>");
        if (Fields(form.Schema) is { } schema)
        {
            page.Append("<table>");
            foreach (var (name, field) in schema.Properties!)
            {
                page.Append("<tr><th><code>").Append(Text(name)).Append("</code>").Append(schema.Required?.Contains(name) == true ? " *" : "")
                    .Append("</th><td>").Append(Text(field.Description)).Append("</td></tr>");
            }

            page.Append("</table><p>* must be there</p>");
        }
    }

    // The fields of one event, however it is wrapped.
    private static IOpenApiSchema? Fields(IOpenApiSchema? schema) =>
        schema is null ? null
        : schema.Properties is { Count: > 0 } ? schema
        : Fields(schema.Items) ?? schema.OneOf?.Select(Fields).FirstOrDefault(static found => found is not null);

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");
}
