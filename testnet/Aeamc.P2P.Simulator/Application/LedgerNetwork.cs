using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Signing;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>What all nodes of a run with a ledger have in common: the genesis document, and readings of batches, which are functions of their bytes.</summary>
public sealed class LedgerNetwork
{
    /// <summary>Chain time, in milliseconds, at virtual time 0: 200 ms before a checkpoint is due, as short runs should have one.</summary>
    public const ulong Start = 1_700_000_000_800;

    private static readonly ToyEntryCrypto Crypto = new();

    private readonly LedgerEvidenceVerifier _evidence;

    public LedgerNetwork(Simulation simulation)
    {
        _evidence = new LedgerEvidenceVerifier(simulation.Verifier);
        // Windows are far longer than any run, so that an acknowledged entry is refused for one reason only: that it, or its like, is in already.
        var parameters = new NetworkParameters
        {
            HeartbeatMinIntervalMs = 0,
            LeaseDurationMs = 86_400_000,
            ProofMaxAgeMs = 86_400_000 / 4,
            MaxUnitsPerLease = 4,
            SampleRate = 2_000,
            CheckpointIntervalMs = 1_000,
        };
        Genesis = new GenesisDocument(
            "simulation",
            0,
            new Timestamp(Start),
            [.. simulation.Committee.Members.Select(static id => new GenesisMember(id) { DkgKey = (byte[])[2, .. id.ToArray()] })],
            parameters,
            [PublicKey.Of(Requester)]);
        Context = NewContext(simulation);
        Hash = Context.GenesisHash;
        Signing = simulation.Options.Signs ? new SigningNetwork(simulation.Committee.Count, simulation.Committee.Quorum, simulation.Options.Seed) : null;
    }

    /// <summary>Posts the work.</summary>
    public static NodeId Requester { get; } = new(Hash256.Of("requester"u8).ToArray());

    public GenesisDocument Genesis { get; }

    public Hash256 Hash { get; }

    public ChainContext Context { get; }

    /// <summary>The key that checkpoints are signed with; null when they are not.</summary>
    public SigningNetwork? Signing { get; }

    /// <summary>A context with a ledger of its own.</summary>
    public ChainContext NewContext(Simulation simulation) => new(
        Genesis,
        Genesis.Hash(),
        simulation.Epoch,
        simulation.Committee,
        simulation.Leaders,
        new LedgerMachine(new LedgerPorts(Crypto, Crypto, _evidence)),
        new EntryDecoder(Genesis.NetworkName),
        new ToyBeacon(simulation.Options.AcceptsBeacons));

    /// <summary>The genesis block, executed.</summary>
    public ChainBlock GenesisBlock()
    {
        var nodes = new List<MountainNode>();
        return new ChainBlock(BlockRef.Genesis(Hash), null)
        {
            Timestamp = Genesis.Start,
            BeaconHash = Hash,
            Executed = new ExecutedBlock([], null, Genesis.Genesis(), MerkleMountainRange.Empty.Append(Hash, nodes), nodes),
        };
    }

    /// <summary>A member's batch.</summary>
    public Batch Seal(NodeId author, ulong sequence, IReadOnlyList<BatchEntry> entries)
    {
        var body = new BatchBody(author, sequence, entries);
        Span<byte> signature = stackalloc byte[VoteSignature.Size];
        ToySignatures.Sign(author, body.SigningHash(Genesis.NetworkId, Genesis.ClusterId).ToArray()).CopyTo(signature);
        return body.Seal(signature);
    }

    /// <summary>Reads a batch's bytes; null when its form, its author or the author's signature is wrong.</summary>
    public ReadBatch? Read(ReadOnlyMemory<byte> bytes)
    {
        if (!Batch.TryDecode(bytes, out Batch? batch) || !Context.Committee.TryIndexOf(batch.Author, out _)
            || ToySignatures.Sign(batch.Author, batch.Body.SigningHash(Genesis.NetworkId, Genesis.ClusterId).ToArray()) != new VoteSignature(batch.Signature))
        {
            return null;
        }

        List<BlockEntry>? entries = BatchEntries.Decode(Context, batch);
        bool valid = entries is not null && entries.TrueForAll(entry => EntryValidity.Check(entry.Entry, Crypto) == RefusalCode.None && EntryValidity.IsProven(entry.Entry, _evidence));
        return new ReadBatch(batch, entries ?? [], valid);
    }

    /// <summary>Whether an entry is signed by the key that it names, and proves what it says.</summary>
    public bool IsSound(DecodedEntry entry) => EntryValidity.Check(entry, Crypto) == RefusalCode.None && EntryValidity.IsProven(entry, _evidence);
}
