using System.Text;
using FsCheck;
using FsCheck.Fluent;
using UsageStreams.Sinks.Erp.NetSuite;

namespace UsageStreams.Sinks.Tests.Erp;

public sealed class NetSuiteExternalIdTests
{
    [Theory]
    [InlineData("c-1-20260701-1", "c-1-20260701-1")]
    [InlineData("a|b", "a_7cb")]
    [InlineData("a_7cb", "a_5f7cb")]
    [InlineData("é", "_c3_a9")]
    public void An_id_is_written_in_the_letters_allowed(string id, string externalId) => NetSuiteExternalId.Of(id).ShouldBe(externalId);

    [Fact]
    public void Every_id_can_be_read_back_so_that_no_two_are_one() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>().Filter(text => text is not null && !text.Any(char.IsSurrogate)),
        id => Decode(NetSuiteExternalId.Of(id)) == id && NetSuiteExternalId.Of(id).All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        .QuickCheckThrowOnFailure();

    private static string Decode(string externalId)
    {
        List<byte> bytes = [];
        for (var i = 0; i < externalId.Length; i++)
        {
            if (externalId[i] != '_') bytes.Add((byte)externalId[i]);
            else
            {
                bytes.Add(Convert.ToByte(externalId.Substring(i + 1, 2), 16));
                i += 2;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
