namespace UsageStreams.Embedded.Topics;

/// <summary>Kafka's rule for names: 1 to 249 of letters, digits, dot, underscore, hyphen, and neither "." nor "..".</summary>
internal static class TopicName
{
    public static bool IsValid(string name) =>
        name.Length is >= 1 and <= 249 && name is not "." and not ".." && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}
