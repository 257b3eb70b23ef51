using Aeamc.P2P.Node.Configuration;

namespace Aeamc.P2P.Node.Tests.Configuration;

public class ConfigLoaderTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private static NodeConfig Parse(string text, Dictionary<string, string>? environment = null) =>
        ConfigLoader.Parse("/etc/aeamc/node.toml", text, environment ?? NoEnvironment);

    [Fact]
    public void Every_key_has_a_default_that_passes_its_own_check()
    {
        NodeConfig config = Parse(ConfigSchema.RenderExample());

        Assert.Equal(1, config.VerifyThreads);
        Assert.Equal("/etc/aeamc/data", config.DataDirectory);
        Assert.Equal("/etc/aeamc/genesis.json", config.GenesisFile);
        Assert.Equal(8080, config.ApiListen.Port);
        Assert.Equal(["/ip4/0.0.0.0/tcp/9000"], config.P2PListen);
        Assert.True(config.SyncCommits);
        Assert.Null(config.AnchorContract);
    }

    [Fact]
    public void The_example_file_at_the_root_is_the_schema_written_out()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Aeamc.P2P.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        Assert.Equal(ConfigSchema.RenderExample(), File.ReadAllText(Path.Combine(folder, "node.toml.example")));
    }

    [Theory]
    [InlineData("[api]\nlisten = 8080", "/etc/aeamc/node.toml:2: api.listen: An integer stands where a string is wanted. Write for example  listen = \"127.0.0.1:8080\"")]
    [InlineData("[api]\nlisten = \"nowhere\"", "/etc/aeamc/node.toml:2: api.listen: 'nowhere' is no address with a port. Write address:port.")]
    [InlineData("[api]\n\nlisten_on = \"x\"", "/etc/aeamc/node.toml:3: api.listen_on: There is no such key. Did you mean api.listen?")]
    [InlineData("[node]\nverify_threads = 0", "/etc/aeamc/node.toml:2: node.verify_threads: 0 is out of range. Choose 1 to 64 threads.")]
    [InlineData("[node]\nverify_threads = 1\nverify_threads = 2", "/etc/aeamc/node.toml:3: node.verify_threads: The key stands twice. Remove one.")]
    [InlineData("[p2p]\nlisten = [\n  \"/ip4/1.2.3.4/tcp/1\",\n  7,\n]", "/etc/aeamc/node.toml:4: p2p.listen: The list holds an integer. Put only quoted texts into it.")]
    [InlineData("[node]\ndata_dir = \"open", "/etc/aeamc/node.toml:2: node.data_dir: The string is not closed. Add '\"' on the same line.")]
    [InlineData("[node]\ndata_dir = 1.5", "/etc/aeamc/node.toml:2: node.data_dir: '1.5' is no value that is used here. Quote a text, write a whole number, or true or false.")]
    [InlineData("[anchor]\ncontract = \"0x12\"", "/etc/aeamc/node.toml:2: anchor.contract: '0x12' is no contract address. Write 0x and 40 hexadecimal digits.")]
    [InlineData("[[node]]", "/etc/aeamc/node.toml:1: Arrays of tables are not used here. Write a plain [table].")]
    public void A_fault_names_file_line_key_and_mend(string text, string message)
    {
        ConfigException fault = Assert.Throws<ConfigException>(() => Parse(text));

        Assert.Equal(message, fault.Message);
    }

    [Fact]
    public void A_variable_of_the_environment_wins_over_the_file()
    {
        NodeConfig config = Parse("[api]\nlisten = \"127.0.0.1:1\"", new() { ["AEAMC__API__LISTEN"] = "127.0.0.1:2", ["AEAMC__P2P__LISTEN"] = "/ip4/1.1.1.1/tcp/1,/ip4/2.2.2.2/tcp/2" });

        Assert.Equal(2, config.ApiListen.Port);
        Assert.Equal(2, config.P2PListen.Count);
    }

    [Fact]
    public void An_unknown_or_wrong_variable_is_refused()
    {
        Assert.Contains("AEAMC__API__LISTN", Assert.Throws<ConfigException>(() => Parse("", new() { ["AEAMC__API__LISTN"] = "x" })).Message, StringComparison.Ordinal);
        Assert.Contains("no whole number", Assert.Throws<ConfigException>(() => Parse("", new() { ["AEAMC__NODE__VERIFY_THREADS"] = "two" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_says_how_to_make_one()
    {
        ConfigException fault = Assert.Throws<ConfigException>(() => ConfigLoader.Load("/nowhere/node.toml", NoEnvironment));

        Assert.Contains("aeamc init", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arbitrary_text_is_parsed_or_refused_but_never_breaks_the_reader()
    {
        const string Alphabet = "[]=\"'\\#,.{}\n\r\t abz09_-+:";
        var random = new Random(7);
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Create(random.Next(40), random, static (span, source) =>
            {
                foreach (ref char c in span)
                {
                    c = Alphabet[source.Next(Alphabet.Length)];
                }
            });
            if (Record.Exception(() => TomlReader.Read("f", text)) is { } fault)
            {
                Assert.IsType<ConfigException>(fault);
            }
        }
    }
}
