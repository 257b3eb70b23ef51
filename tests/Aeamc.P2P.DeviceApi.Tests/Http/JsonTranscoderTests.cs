using System.Text;
using Aeamc.P2P.DeviceApi.Http;

namespace Aeamc.P2P.DeviceApi.Tests.Http;

public class JsonTranscoderTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,false,null]}""", "82a16101a16293c3c2c0")]
    [InlineData("""{"n":-1,"m":300,"big":18446744073709551615}""", "83a16effa16dcd012ca3626967cfffffffffffffffff")]
    [InlineData("""[1.5,"text"]""", "92cb3ff8000000000000a474657874")]
    public void Json_becomes_messagepack(string json, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(JsonTranscoder.ToMessagePack(Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void A_map_of_more_than_fifteen_names_has_a_long_header()
    {
        string json = "{" + string.Join(',', Enumerable.Range(0, 20).Select(i => $"\"{(char)('a' + i)}\":0")) + "}";
        Assert.StartsWith("de0014a16100", Convert.ToHexStringLower(JsonTranscoder.ToMessagePack(Encoding.UTF8.GetBytes(json))), StringComparison.Ordinal);
    }
}
