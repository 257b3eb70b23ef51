using System.Buffers;

namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>
/// One accusation: the Diffie-Hellman point with the dealer's ephemeral key, and the proof that it is the right point, so everybody can open the
/// share and judge. The point opens this share and nothing else.
/// </summary>
internal readonly record struct ComplaintItem(NodeIndex Dealer, CurvePoint Shared, DiscreteLogProof Proof)
{
    /// <summary>Writes a member's one complaint message: [ceremony bin 32, [[dealer u16, point bin 33, proof bin 64]...]], dealers ascending.</summary>
    public static byte[] Encode(DkgParameters parameters, IReadOnlyList<ComplaintItem> items)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(parameters.CeremonyId);
        writer.WriteArrayHeader(items.Count);
        foreach (ComplaintItem item in items)
        {
            writer.WriteArrayHeader(3);
            writer.Write(item.Dealer.Value);
            WirePoints.Write(writer, item.Shared);
            item.Proof.Write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static DkgVerdict TryDecode(ISecp256k1Group group, DkgParameters parameters, ReadOnlySpan<byte> bytes, out List<ComplaintItem> items)
    {
        items = [];
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadHash(out Hash256 ceremony))
        {
            return DkgVerdict.Malformed;
        }

        if (ceremony != parameters.CeremonyId)
        {
            return DkgVerdict.OtherCeremony;
        }

        if (!reader.TryReadArrayHeader(parameters.Members, out int count) || count == 0)
        {
            return DkgVerdict.Malformed;
        }

        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadArrayHeader(3)
                || !reader.TryReadUInt16(out ushort dealer)
                || !WirePoints.TryRead(ref reader, group, out CurvePoint shared)
                || !DiscreteLogProof.TryRead(ref reader, out DiscreteLogProof proof))
            {
                return DkgVerdict.Malformed;
            }

            if (dealer >= parameters.Members || (items.Count > 0 && dealer <= items[^1].Dealer.Value))
            {
                return DkgVerdict.UnknownDealer;
            }

            items.Add(new ComplaintItem(new NodeIndex(dealer), shared, proof));
        }

        return reader.End ? DkgVerdict.Accepted : DkgVerdict.Malformed;
    }
}
