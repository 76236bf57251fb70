using UsageStreams.Gateway.Events;

namespace UsageStreams.Gateway.Tests.Events;

public sealed class HeaderTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀")]
    [InlineData("%e2%82%ac", "€")]
    [InlineData("100%", "100%")]
    [InlineData("%zz%4", "%zz%4")]
    [InlineData("%2525", "%25")]
    [InlineData("\"a \\\"b\\\" \\\\ %20c\"", "a \"b\" \\  c")]
    [InlineData("\"\"", "")]
    [InlineData("ü", "ü")]
    public void A_header_is_unquoted_and_decoded_once(string header, string text)
    {
        HeaderText.TryDecode(header, out var decoded).ShouldBeTrue();
        decoded.ShouldBe(text);
    }

    [Theory]
    [InlineData("%C3%28")]
    [InlineData("%FF")]
    [InlineData("%ED%A0%80")]
    [InlineData("\"open")]
    [InlineData("\"")]
    [InlineData("\"escape\\\"")]
    public void What_is_no_UTF_8_or_does_not_end_is_not_decoded(string header) => HeaderText.TryDecode(header, out _).ShouldBeFalse();
}
