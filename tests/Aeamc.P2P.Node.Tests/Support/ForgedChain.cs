using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Support;

/// <summary>
/// A finalized chain made by someone who has all keys: valid by every rule, without the hours of consensus that it would take. Linked into the benchmarks.
/// </summary>
internal sealed class ForgedChain
{
    private readonly ChainContext _context;
    private readonly Ed25519PrivateKey[] _keys;
    private readonly SigningDomain _domain;
    private ulong _sequence;

    public ForgedChain(ChainContext context, Ed25519PrivateKey[] keys, NodeStore store)
    {
        _context = context;
        _keys = keys;
        _domain = new SigningDomain(context.Genesis.NetworkId, context.Genesis.ClusterId, context.Epoch);
        Tip = ChainStartup.Load(store, context.Genesis, context.GenesisHash).Block;
    }

    /// <summary>The last block.</summary>
    public ChainBlock Tip { get; private set; }

    /// <summary>The next block, later than the tip by the given time.</summary>
    /// <param name="interval">Chain time after the tip.</param>
    /// <param name="closed">Whether a quorum finalized it directly.</param>
    /// <param name="batches">Its batches.</param>
    public SyncedBlock Next(TimeSpan interval, bool closed = true, params Batch[] batches)
    {
        var view = new View(Tip.Ref.View.Value + 1);
        NodeIndex leader = _context.Leaders.LeaderOf(view);
        var payload = new BlockPayload([.. batches.Select(batch => batch.Hash)]);
        List<Ledger.BlockEntry> entries = [.. batches.SelectMany(batch => BatchEntries.Decode(_context, batch) ?? throw new ArgumentException("a malformed batch", nameof(batches)))];
        ExecutedBlock parent = Tip.Executed!;
        var header = new MicroblockHeader
        {
            ClusterId = _context.Genesis.ClusterId,
            Timestamp = Tip.Timestamp.Plus((ulong)interval.TotalMilliseconds),
            PayloadHash = payload.Hash,
            PreviousHash = Tip.Ref.Hash,
            ReceiptCount = BlockRules.ReceiptsIn(entries),
            Height = Tip.Ref.Height.Next,
            View = view,
            Epoch = _context.Epoch,
            Proposer = leader,
            EntriesRoot = BlockRules.EntriesRootOf(entries),
            StateRoot = parent.State.Root,
            ChainRoot = parent.Mountains.Root,
            Beacon = new BeaconProof(Ecvrf.Prove(_keys[leader.Value], BeaconAlpha.Of(Tip.BeaconHash, _context.Epoch, view))),
            ParametersHash = parent.State.Parameters.Hash(),
        };
        BlockContent content = BlockContent.Create(header, payload);
        var reference = new BlockRef(content.Hash, header.Height, view, Tip.Ref.Hash, Tip.Ref.View);
        Tip = new ChainBlock(reference, content)
        {
            Timestamp = header.Timestamp,
            BeaconHash = BlockRules.BeaconHashOf(header),
            Executed = BlockRules.Execute(_context, header, content.Hash, parent, entries),
        };
        return new SyncedBlock(content, batches, entries, closed ? Finalize(reference) : null);
    }

    /// <summary>A quorum's finalization of a block.</summary>
    public Certificate Finalize(BlockRef block)
    {
        Statement statement = Statement.Finalize(_context.Epoch, block);
        int quorum = _context.Committee.Quorum;
        var signatures = new byte[quorum * VoteSignature.Size];
        var bitmap = new byte[(_context.Committee.Count + 7) / 8];
        byte[] message = _domain.Message(statement);
        for (int i = 0; i < quorum; i++)
        {
            _keys[i].Sign(message).CopyTo(signatures, i * VoteSignature.Size);
            bitmap[i / 8] |= (byte)(1 << (i % 8));
        }

        return new Certificate(statement, SignerBitmap.From(bitmap), signatures);
    }

    /// <summary>A batch by a member.</summary>
    public Batch Batch(int author, params Ledger.LedgerEntry[] entries)
    {
        var body = new BatchBody(_keys[author].PublicKey, ++_sequence, [.. entries.Select(entry => new BatchEntry((byte)entry.Kind, entry.Bytes))]);
        return body.Seal(_keys[author].Sign(body.SigningHash(_context.Genesis.NetworkId, _context.Genesis.ClusterId).ToArray()));
    }

    /// <summary>A block as a server sends it.</summary>
    public static RangeBlock OnTheWire(SyncedBlock block) =>
        new(block.Content.Encoded, block.Finalization is { } own ? ConsensusMessageCodec.Encode(own) : default, [.. block.Batches.Select(batch => batch.Encoded)]);
}
