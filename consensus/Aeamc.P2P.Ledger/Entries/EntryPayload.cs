using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// What an entry says, without its signature. Each kind has one canonical encoding: a MessagePack array of its fields in the order documented.
/// </summary>
public abstract record EntryPayload
{
    /// <summary>The entry's kind.</summary>
    public abstract EntryKind Kind { get; }

    /// <summary>Writes the canonical encoding.</summary>
    public abstract void Write(IBufferWriter<byte> output);

    /// <summary>The canonical encoding as a new array.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(256);
        Write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the payload of any kind. False on anything but its canonical encoding.</summary>
    public static bool TryDecode(EntryKind kind, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EntryPayload? payload)
    {
        payload = kind switch
        {
            EntryKind.DeviceRegistration => DeviceRegistration.TryDecode(bytes, out DeviceRegistration? value) ? value : null,
            EntryKind.Heartbeat => Heartbeat.TryDecode(bytes, out Heartbeat? value) ? value : null,
            EntryKind.HeartbeatV1 => HeartbeatV1.TryDecode(bytes, out HeartbeatV1? value) ? value : null,
            EntryKind.TaskProof => TaskProof.TryDecode(bytes, out TaskProof? value) ? value : null,
            EntryKind.TaskProofV1 => TaskProofV1.TryDecode(bytes, out TaskProofV1? value) ? value : null,
            EntryKind.TaskPost => TaskPost.TryDecode(bytes, out TaskPost? value) ? value : null,
            EntryKind.LeaseRequest => LeaseRequest.TryDecode(bytes, out LeaseRequest? value) ? value : null,
            EntryKind.LeaseRequestV1 => LeaseRequestV1.TryDecode(bytes, out LeaseRequestV1? value) ? value : null,
            EntryKind.DkgDeal or EntryKind.DkgComplain => DkgPost.TryDecode(kind, bytes, out DkgPost? value) ? value : null,
            EntryKind.DkgConfirm => DkgConfirmation.TryDecode(bytes, out DkgConfirmation? value) ? value : null,
            EntryKind.AnchorRecord => AnchorRecord.TryDecode(bytes, out AnchorRecord? value) ? value : null,
            EntryKind.EquivocationEvidence => EvidenceReport.TryDecode(bytes, out EvidenceReport? value) ? value : null,
            _ => null,
        };
        return payload is not null;
    }
}
