using System.Security.Cryptography;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Tests.Support;

/// <summary>The keys and parameters of the network that tests run on.</summary>
public sealed class TestNetwork
{
    public const string Name = "test-network";

    /// <summary>The one member.</summary>
    public TestKey Member { get; } = new("member");

    /// <summary>The one requester.</summary>
    public TestKey Requester { get; } = new("requester");

    public NetworkParameters Parameters { get; init; } = new() { HeartbeatMinIntervalMs = 0, SampleRate = 10_000 };

    public GenesisDocument Genesis(Timestamp start)
    {
        Assert.True(Member.PublicKey.TryToNodeId(out NodeId id));
        byte[] dkgKey = [2, .. SHA256.HashData("dkg"u8)];
        return new GenesisDocument(
            Name, 7, start, [new GenesisMember(id, "node-0", "/ip4/127.0.0.1/tcp/4000") { DkgKey = dkgKey }], Parameters, [Requester.PublicKey]);
    }
}

/// <summary>An Ed25519 key named by a word.</summary>
public sealed class TestKey(string name)
{
    private readonly Ed25519PrivateKey _key = Ed25519PrivateKey.FromSeed(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    public PublicKey PublicKey => PublicKey.Of(_key.PublicKey);

    /// <summary>The seed, for clients that make the key themselves.</summary>
    public byte[] Seed { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(name));

    public Envelope Seal(EntryPayload payload)
    {
        byte[] bytes = payload.Encode();
        byte[] signature = _key.Sign(Envelope.SignedMessage(TestNetwork.Name, payload.Kind, bytes));
        return new Envelope(bytes, PublicKey, SignatureAlgorithm.Ed25519, signature);
    }
}
