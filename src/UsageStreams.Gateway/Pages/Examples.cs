namespace UsageStreams.Gateway.Pages;

/// <summary>One event in each of the forms that are taken; the tests send them.</summary>
internal static class Examples
{
    public const string Plain = """
        [
          {
            "id": "order-4711-line-1", "source": "shop", "type": "documents.rendered", "tenant": "acme", "product": "documents",
            "time": "2026-05-17T10:05:03Z", "quantity": 12.5, "user": "u-17", "properties": { "format": "pdf" }
          }
        ]
        """;

    public const string Lines =
        """{"id":"order-4711-line-2","source":"shop","type":"documents.rendered","tenant":"acme","time":"2026-05-17T10:05:03Z","quantity":3}""" + "\n";

    public const string CloudEvent = """
        {
          "specversion": "1.0", "id": "order-4711-line-3", "source": "shop", "type": "documents.rendered", "subject": "acme",
          "time": "2026-05-17T10:05:03Z", "datacontenttype": "application/json",
          "data": { "quantity": 7, "product": "documents", "user": "u-17", "format": "pdf" }
        }
        """;

    public const string CloudEventBatch = "[" + CloudEvent + "]";
}
