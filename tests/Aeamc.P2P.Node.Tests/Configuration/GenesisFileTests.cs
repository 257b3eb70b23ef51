using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Tests.Support;

namespace Aeamc.P2P.Node.Tests.Configuration;

public sealed class GenesisFileTests : IDisposable
{
    private readonly TestCommittee _committee = new(NetworkParameters.Default with { IdleIntervalMs = 1_234 });

    public void Dispose() => _committee.Dispose();

    private string Text => GenesisFile.Render(_committee.Genesis with { Requesters = [PublicKey.Of(_committee.Keys[0].PublicKey)] });

    private static string Refused(string text) => Assert.Throws<ConfigException>(() => GenesisFile.Parse("/etc/genesis.json", text)).Message;

    [Fact]
    public void A_document_comes_back_from_its_text()
    {
        GenesisDocument back = GenesisFile.Parse("genesis.json", Text);

        Assert.Equal(1_234ul, back.Parameters.IdleIntervalMs);
        Assert.Equal((_committee.Genesis with { Requesters = back.Requesters }).Hash(), back.Hash());
        Assert.Single(back.Requesters);
    }

    [Fact]
    public void Parameters_that_are_not_given_have_their_defaults()
    {
        string text = Text.Replace("\"idle_interval_ms\": 1234,", "", StringComparison.Ordinal);

        Assert.Equal(NetworkParameters.Default.IdleIntervalMs, GenesisFile.Parse("genesis.json", text).Parameters.IdleIntervalMs);
    }

    [Theory]
    [InlineData("\"network\": \"unit\"", "\"network\": 7", "network: A text is wanted.")]
    [InlineData("\"cluster_id\": 7", "\"cluster_id\": -7", "cluster_id: A whole number, not negative, is wanted.")]
    [InlineData("\"idle_interval_ms\"", "\"idle_intervall_ms\"", "parameters.idle_intervall_ms: There is no such parameter.")]
    [InlineData("\"network\"", "\"cluster_id\": 1, \"network\"", "/etc/genesis.json: ")]
    [InlineData("\"requesters\": [", "\"requesters\": [\"12\", ", "requesters: Each must be a public key")]
    [InlineData("\"dkg_key\": \"", "\"dkg_key\": \"zz", "dkg_key: Hexadecimal digits are wanted.")]
    public void A_fault_names_the_file_and_the_key(string good, string bad, string message)
    {
        Assert.Contains(good, Text, StringComparison.Ordinal);

        string told = Refused(Text.Replace(good, bad, StringComparison.Ordinal));

        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.StartsWith("/etc/genesis.json: ", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_says_where_to_get_it() =>
        Assert.Contains("testnet init", Assert.Throws<ConfigException>(() => GenesisFile.Load("/nowhere/genesis.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_text_is_a_document_or_a_fault_with_a_sentence()
    {
        string good = Text;
        const string Alphabet = "{}[]\",:0123456789abcdef \n-_x";
        var random = new Random(1);
        for (int round = 0; round < 3_000; round++)
        {
            char[] text = good.ToCharArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            }

            if (Record.Exception(() => GenesisFile.Parse("f", new string(text))) is { } fault)
            {
                Assert.IsType<ConfigException>(fault);
            }
        }
    }
}
