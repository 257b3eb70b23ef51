using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>What peers give and ask for.</summary>
public sealed partial class LedgerBlocks
{
    public override void Keep(IReadOnlyList<Batch> batches)
    {
        foreach (Batch batch in batches)
        {
            if (_network.Read(batch.Encoded) is { } read)
            {
                Node.Disk.Batches.TryAdd(batch.Hash, read);
            }
        }
    }

    public override void FetchRange(Height from, Height through, IReadOnlyList<NodeIndex> likely) => _ranges.Start(from, through, likely);

    public override byte[]? Serve(RequestKind kind, NodeIndex from, byte[] request) => kind switch
    {
        RequestKind.Sign => _signing.Answer(from, request),
        RequestKind.Checkpoint => _signing.Newest,
        _ => _server.Serve(kind, request),
    };

    public override void ReceiveCheckpoint(ReadOnlyMemory<byte> bytes) => _signing.Receive(bytes);

    public override void Receive(Envelope envelope)
    {
        if ((ReadBatch?)(envelope.Other ??= _network.Read(envelope.Bytes.AsMemory(1))) is { } batch)
        {
            _shelf.Take(batch);
        }
        else
        {
            _simulation.Refused++;
        }
    }

    public override byte[]? Find(Hash256 hash) => Node.Disk.Batches.TryGetValue(hash, out ReadBatch? batch) ? batch.Batch.Encoded.ToArray() : null;
}
