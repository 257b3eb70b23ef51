using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>
/// Is honest but to those who lack something: it answers them with another block that reads as well, with a broken batch, with ranges that are cut, shifted or closed by another block's
/// certificate, and with false parts of a state.
/// </summary>
public sealed class LyingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    private const int Tries = 32;

    protected override void Answer(int to, byte[] blob)
    {
        if (blob[0] == ReplyCode)
        {
            byte[] body = blob[(RequestHead + 2)..];
            byte[] answer = (RequestKind)blob[RequestHead] switch
            {
                RequestKind.Range => FalseRange(body),

                // Who is found out here is asked for no part of the state.
                RequestKind.Snapshot when Chance.Permille(700) => body,
                _ => Flipped(body),
            };
            base.Answer(to, [.. blob[..(RequestHead + 2)], .. answer]);
            return;
        }

        var lie = (byte[])blob.Clone();
        int from = blob[0] == ContentCode ? 1 + Hash256.Size : 1;
        for (int i = 0; i < Tries; i++)
        {
            int at = from + Chance.Below(blob.Length - from);
            lie[at] ^= 1;
            if (blob[0] != ContentCode || Blocks.TryRead(lie.AsSpan(from), out _))
            {
                break;
            }

            lie[at] ^= 1;
        }

        base.Answer(to, lie);
    }

    private byte[] FalseRange(byte[] body)
    {
        if (!SyncProtocol.TryDecodeRange(body, out List<RangeBlock>? blocks) || blocks.Count == 0)
        {
            return body;
        }

        int at = Chance.Below(blocks.Count);
        switch (Chance.Below(7))
        {
            case 0:
                blocks.RemoveAt(blocks.Count - 1);
                break;
            case 1:
                blocks.RemoveAt(0);
                break;
            case 2:
                blocks[^1] = blocks[^1] with { Finalization = blocks[at].Finalization };
                break;
            case 3:
                blocks[at] = blocks[at] with { Finalization = Flipped(blocks[at].Finalization.ToArray()) };
                break;
            case 4 when BlockContent.TryDecode(blocks[at].Content.Span, out BlockContent? content):
                // A block of its own making, under the certificate of the real one.
                MicroblockHeader header = content.Header with { StateRoot = Hash256.Of(BitConverter.GetBytes(Chance.Next())) };
                blocks[at] = blocks[at] with { Content = BlockContent.Create(header, content.Payload).Encoded };
                break;
            case 5:
                blocks[at] = blocks[at] with { Batches = [.. blocks[at].Batches.Select(batch => (ReadOnlyMemory<byte>)Flipped(batch.ToArray()))] };
                break;
            default:
                return Flipped(body);
        }

        return SyncProtocol.EncodeRange(blocks);
    }

    private byte[] Flipped(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            bytes[Chance.Below(bytes.Length)] ^= (byte)(1 << Chance.Below(8));
        }

        return bytes;
    }
}
