using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Keygen;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Support;

/// <summary>Four members with real keys, their genesis, and everything that they may sign.</summary>
internal sealed class TestCommittee : IDisposable
{
    public const ulong Start = 1_700_000_000_000;

    public TestCommittee(NetworkParameters? parameters = null)
    {
        Keys = [.. Enumerable.Range(0, 4).Select(index => Ed25519PrivateKey.FromSeed(Hash256.Of([(byte)index]).ToArray()))];
        Genesis = new GenesisDocument(
            "unit",
            7,
            new Timestamp(Start),
            [.. Keys.Select((key, index) => new GenesisMember(key.PublicKey, $"node-{index}") { DkgKey = KeyGeneration.EncryptionKeyOf(Secp256k1Group.Shared, key) })],
            parameters ?? NetworkParameters.Default,
            []);
        Assert.Null(Genesis.Problem());
        var committee = new Committee([.. Keys.Select(key => key.PublicKey)]);
        var leaders = new LeaderSchedule(committee, Genesis.Hash());
        Verifier = new MessageVerifier(new SigningDomain(Genesis.NetworkId, Genesis.ClusterId, Epoch.Zero), committee, leaders, new Ed25519SignatureVerifier(), new MicroblockContent());
        var ledger = new LedgerMachine(new LedgerPorts(Verdicts, new KeyRecovery(), new LedgerEvidenceVerifier(Verifier)));
        Context = new ChainContext(Genesis, Genesis.Hash(), Epoch.Zero, committee, leaders, ledger, new EntryDecoder(Genesis.NetworkName), new BeaconVerifier());
    }

    public Ed25519PrivateKey[] Keys { get; }

    public GenesisDocument Genesis { get; }

    public SignatureVerdicts Verdicts { get; } = new();

    public MessageVerifier Verifier { get; }

    public ChainContext Context { get; }

    public BlockRef GenesisBlock => BlockRef.Genesis(Context.GenesisHash);

    public NodeIndex LeaderOf(ulong view) => Context.Leaders.LeaderOf(new View(view));

    public Vote Vote(NodeIndex voter, Statement statement) =>
        new(statement, voter, new VoteSignature(Keys[voter.Value].Sign(Verifier.Domain.Message(statement))));

    /// <summary>A quorum's certificate: members 0, 1 and 2.</summary>
    public Certificate Certificate(Statement statement)
    {
        var signatures = new byte[3 * VoteSignature.Size];
        for (ushort i = 0; i < 3; i++)
        {
            Vote(new NodeIndex(i), statement).Signature.CopyTo(signatures.AsSpan(i * VoteSignature.Size));
        }

        return new Certificate(statement, SignerBitmap.From([0b111]), signatures);
    }

    public Certificate Notarization(BlockRef block) => Certificate(Statement.Notarize(Epoch.Zero, block));

    public Certificate Finalization(BlockRef block) => Certificate(Statement.Finalize(Epoch.Zero, block));

    public Proposal Proposal(BlockRef block, ReadOnlyMemory<byte> content) => new(Vote(LeaderOf(block.View.Value), Statement.Notarize(Epoch.Zero, block)), content);

    /// <summary>What a member does not do: two Notarize of one view. A forged one has a signature of another member.</summary>
    public EquivocationEvidence Equivocation(ushort offender, ulong view = 1, bool forged = false)
    {
        var voter = new NodeIndex(offender);
        Vote one = Vote(voter, Statement.Notarize(Epoch.Zero, GenesisBlock.Child(Hash256.Of("one"u8), new View(view))));
        Vote two = Vote(voter, Statement.Notarize(Epoch.Zero, GenesisBlock.Child(Hash256.Of("two"u8), new View(view))));
        two = forged ? two with { Signature = one.Signature } : two;
        Assert.True(EquivocationEvidence.TryCreate(one, two, out EquivocationEvidence? evidence));
        return evidence;
    }

    /// <summary>A member's report of evidence.</summary>
    public LedgerEntry Report(int reporter, EquivocationEvidence evidence) =>
        new NodeEntrySigner(Keys[reporter], Genesis.NetworkName).Sign(new EvidenceReport(evidence.Encode()));

    /// <summary>A batch by a member.</summary>
    public Batch Batch(int author, ulong sequence, params LedgerEntry[] entries)
    {
        var body = new BatchBody(Keys[author].PublicKey, sequence, [.. entries.Select(entry => new BatchEntry((byte)entry.Kind, entry.Bytes))]);
        return body.Seal(Keys[author].Sign(body.SigningHash(Genesis.NetworkId, Genesis.ClusterId).ToArray()));
    }

    /// <summary>The registration of a device whose key follows from its name.</summary>
    public LedgerEntry Registration(string name, ulong time = Start, bool wellSigned = true)
    {
        using Ed25519PrivateKey key = DeviceKey(name);
        var registration = new DeviceRegistration(InceptionOf(name), Hash256.Of("challenge"u8).ToArray(), new Timestamp(time));
        byte[] bytes = registration.Encode();
        byte[] signature = key.Sign(Envelope.SignedMessage(Genesis.NetworkName, registration.Kind, bytes));
        signature[5] ^= (byte)(wellSigned ? 0 : 1);
        return new LedgerEntry(registration.Kind, new Envelope(bytes, PublicKey.Of(key.PublicKey), SignatureAlgorithm.Ed25519, signature).Encode());
    }

    public static DeviceId DeviceOf(string name) => InceptionOf(name).DeviceId();

    public Hash256 IdOf(LedgerEntry entry)
    {
        Assert.True(Context.Decoder.TryDecode(entry, out DecodedEntry? decoded));
        return decoded.Id;
    }

    public void Dispose() => Array.ForEach(Keys, key => key.Dispose());

    private static Ed25519PrivateKey DeviceKey(string name) => Ed25519PrivateKey.FromSeed(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(name)).ToArray());

    private static Inception InceptionOf(string name)
    {
        using Ed25519PrivateKey key = DeviceKey(name);
        return new Inception(PublicKey.Of(key.PublicKey), null, [TaskKind.HashChain], null);
    }
}
