using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

/// <summary>A network of four members, one requester and any number of devices, driven block by block.</summary>
internal sealed class World
{
    public const string Network = "testnet";
    public const ulong Start = 1_700_000_000_000;

    private readonly SortedDictionary<string, byte[]> _stored = new(StringComparer.Ordinal);
    private ulong _nonce;

    public World(NetworkParameters? parameters = null)
    {
        Members = [.. Enumerable.Range(0, 4).Select(index => Node($"member {index}"))];
        Document = new GenesisDocument(
            Network,
            7,
            new Timestamp(Start),
            [.. Members.Select((id, index) => new GenesisMember(id, $"node-{index}", $"/ip4/127.0.0.1/tcp/{4000 + index}") { DkgKey = DkgKey(index) })],
            parameters ?? new NetworkParameters { SampleRate = 0 },
            [Requester]);
        Machine = new LedgerMachine(new LedgerPorts(Crypto, Crypto, Crypto));
        State = Document.Genesis();
        Now = State.Time;
        foreach (StateEntry entry in State.Entries())
        {
            _stored.Add(Convert.ToHexString(entry.Key.Span), entry.Value.ToArray());
        }
    }

    public static PublicKey Requester { get; } = FakeCrypto.Ed25519Key("requester");

    public FakeCrypto Crypto { get; } = new();

    public EntryDecoder Decoder { get; } = new(Network);

    public LedgerMachine Machine { get; }

    public GenesisDocument Document { get; }

    public NodeId[] Members { get; }

    public LedgerState State { get; private set; }

    public Timestamp Now { get; private set; }

    public Hash256 ParentHash { get; private set; } = Hash256.Of("genesis"u8);

    public static NodeId Node(string name)
    {
        Assert.True(FakeCrypto.Ed25519Key(name).TryToNodeId(out NodeId node));
        return node;
    }

    public static byte[] DkgKey(int member) => FakeCrypto.P256Key($"dkg {member}").ToArray();

    public byte[] Nonce()
    {
        var nonce = new byte[16];
        BitConverter.TryWriteBytes(nonce, ++_nonce);
        return nonce;
    }

    /// <summary>Applies a block one second after the last one.</summary>
    public BlockResult Block(params DecodedEntry[] entries) => BlockAfter(1000, entries);

    public BlockResult BlockAfter(ulong milliseconds, params DecodedEntry[] entries) => BlockFrom(Members[0], milliseconds, entries);

    public BlockResult BlockFrom(NodeId author, ulong milliseconds, params DecodedEntry[] entries)
    {
        Now = Now.Plus(milliseconds);
        var context = new BlockContext(State.Height.Next, Now, ParentHash);
        BlockResult result = Machine.Apply(State, context, [.. entries.Select(entry => new BlockEntry(entry, author))]);
        State = result.State;
        ParentHash = Hash256.Of(ParentHash.ToArray());
        foreach (StateChange change in result.Changes)
        {
            string key = Convert.ToHexString(change.Key);
            if (change.Value is null)
            {
                _stored.Remove(key);
            }
            else
            {
                _stored[key] = change.Value;
            }
        }

        return result;
    }

    /// <summary>Applies one entry in a block of its own.</summary>
    public RefusalCode Apply(DecodedEntry entry) => Block(entry).Outcomes[0].Code;

    public void Accept(DecodedEntry entry) => Assert.Equal(RefusalCode.None, Apply(entry));

    /// <summary>The state as a node finds it after a restart: rebuilt from what storage was told to write.</summary>
    public LedgerState Reload() =>
        LedgerState.Load(_stored.Select(pair => (Convert.FromHexString(pair.Key), pair.Value)));

    public DecodedEntry Sign(EntryPayload payload, PublicKey key)
    {
        SignatureAlgorithm algorithm = key.IsP256 ? SignatureAlgorithm.Es256Der : SignatureAlgorithm.Ed25519;
        byte[] bytes = payload.Encode();
        byte[] signature = FakeCrypto.Sign(algorithm, key, Envelope.SignedMessage(Network, payload.Kind, bytes));
        return Decode(payload.Kind, new Envelope(bytes, key, algorithm, signature).Encode());
    }

    public DecodedEntry Unsigned(EntryPayload payload) => Decode(payload.Kind, payload.Encode());

    public DecodedEntry ByMember(int member, EntryPayload payload) => Sign(payload, PublicKey.Of(Members[member]));

    public DecodedEntry Decode(EntryKind kind, byte[] bytes)
    {
        RefusalCode code = EntryValidity.Check(Decoder, new LedgerEntry(kind, bytes), Crypto, out DecodedEntry? decoded);
        Assert.Equal(RefusalCode.None, code);
        return decoded!;
    }

    /// <summary>Posts a task and returns the id of the post.</summary>
    public Hash256 Post(ushort units = 8, uint steps = 4, ushort minimumScore = 0, ulong deadlineMs = 3_600_000, TaskKind kind = TaskKind.HashChain)
    {
        DecodedEntry post = PostEntry(units, steps, minimumScore, deadlineMs, kind);
        Accept(post);
        return post.Id;
    }

    public DecodedEntry PostEntry(
        ushort units = 8, uint steps = 4, ushort minimumScore = 0, ulong deadlineMs = 3_600_000, TaskKind kind = TaskKind.HashChain)
    {
        var post = new TaskPost(
            kind, Hash256.Of("input"u8), steps, Math.Min(steps, 2), units, new EnergyScore(minimumScore), Now.Plus(deadlineMs), Now, Nonce());
        return Sign(post, Requester);
    }

    /// <summary>A registered device.</summary>
    public TestDevice Register(string name = "device", bool p256 = false)
    {
        var device = new TestDevice(this, p256 ? FakeCrypto.P256Key(name) : FakeCrypto.Ed25519Key(name));
        Accept(device.Registration());
        return device;
    }

    /// <summary>A registered device that has sent a heartbeat.</summary>
    public TestDevice Ready(string name = "device")
    {
        TestDevice device = Register(name);
        Accept(device.Heartbeat());
        return device;
    }

    /// <summary>A Phase-1 device that has sent telemetry.</summary>
    public TestDeviceV1 ReadyV1(string id = "00112233445566aa")
    {
        var device = new TestDeviceV1(this, id, Crypto.V1Key(id));
        Accept(device.Heartbeat());
        return device;
    }
}
