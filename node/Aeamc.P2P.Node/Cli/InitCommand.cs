using System.CommandLine;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Keygen;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc init</c>: keys, configuration and data folder of one node.</summary>
public static class InitCommand
{
    public static Command Build()
    {
        var folder = new Option<string>("--dir") { Description = "The folder to set up.", DefaultValueFactory = _ => "." };
        var command = new Command("init", "Make a node's key, configuration and data folder. Nothing that exists is overwritten.\n\nExample: aeamc init --dir /var/lib/aeamc") { folder };
        command.SetAction((parsed, _) => Terminal.RunAsync(() => Task.FromResult(Run(parsed.GetValue(folder)!))));
        return command;
    }

    private static int Run(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "node.toml");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, ConfigSchema.RenderExample());
        }

        NodeConfig config = ConfigLoader.Load(path, CommonOptions.Environment());
        using Ed25519PrivateKey key = CreateKey(config, generate: Ed25519PrivateKey.Generate);
        Console.WriteLine($"node id   {key.PublicKey}");
        Console.WriteLine($"peer id   {PeerId.FromNodeId(key.PublicKey)}");
        Console.WriteLine($"dkg key   {Convert.ToHexStringLower(KeyGeneration.EncryptionKeyOf(Secp256k1Group.Shared, key))}");
        Console.WriteLine($"config    {path}");
        Console.WriteLine();
        Console.WriteLine("Next: give node id and dkg key to the network's operators for the genesis file,");
        Console.WriteLine($"put that file at {config.GenesisFile}, then: aeamc run --config {path}");
        return ExitCode.Success;
    }

    /// <summary>Makes the data folder (0700) and the key file (0600), or gives the key that is there.</summary>
    internal static Ed25519PrivateKey CreateKey(NodeConfig config, Func<Ed25519PrivateKey> generate)
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(config.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        else
        {
            Directory.CreateDirectory(config.DataDirectory);
        }

        string path = NodeHost.KeyPath(config);
        if (File.Exists(path))
        {
            return NodeKeyFile.Load(path);
        }

        Ed25519PrivateKey key = generate();
        NodeKeyFile.Save(path, key);
        return key;
    }
}
