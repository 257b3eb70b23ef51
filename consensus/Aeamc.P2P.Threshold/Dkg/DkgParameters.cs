using System.Buffers;

namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>What all members of a key generation agree on before its first message.</summary>
public sealed class DkgParameters
{
    /// <param name="context">What the key is for: a hash over network, epoch and attempt. A failed ceremony is repeated under another context.</param>
    /// <param name="threshold">t = n - f, 1..n.</param>
    /// <param name="encryptionKeys">Each member's <see cref="DkgMemberSecret.EncryptionKey"/> in committee order.</param>
    public DkgParameters(Hash256 context, int threshold, ImmutableArray<CurvePoint> encryptionKeys)
    {
        Invariant.Check(encryptionKeys.Length is >= 1 and <= ThresholdLimits.MaxMembers);
        Invariant.Check(threshold >= 1 && threshold <= encryptionKeys.Length);
        (Context, Threshold, EncryptionKeys) = (context, threshold, encryptionKeys);
        CeremonyId = ComputeId();
    }

    public Hash256 Context { get; }

    /// <summary>t: how many members sign, and the fewest dealers a key may rest on.</summary>
    public int Threshold { get; }

    public ImmutableArray<CurvePoint> EncryptionKeys { get; }

    /// <summary>n.</summary>
    public int Members => EncryptionKeys.Length;

    /// <summary>Binds every message and every derived secret to exactly these parameters.</summary>
    public Hash256 CeremonyId { get; }

    private Hash256 ComputeId()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.Write("aeamc/dkg/v1");
        writer.Write(Context);
        writer.Write((ulong)Threshold);
        WirePoints.Write(writer, EncryptionKeys.AsSpan());
        return Hash256.Of(buffer.WrittenSpan);
    }
}
