using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A committee member reports that another one contradicted itself. The evidence is the consensus core's to read (<see cref="IEvidenceVerifier"/>).
/// Encoding: [evidence bin].
/// </summary>
public sealed record EvidenceReport(byte[] Evidence) : EntryPayload
{
    /// <summary>The longest evidence in bytes.</summary>
    public const int MaxEvidence = 8 * 1024;

    public override EntryKind Kind => EntryKind.EquivocationEvidence;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(1);
        writer.Write(Evidence);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EvidenceReport? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(1) || !reader.TryReadBytes(MaxEvidence, out byte[] evidence) || !reader.End)
        {
            return false;
        }

        payload = new EvidenceReport(evidence);
        return true;
    }
}
