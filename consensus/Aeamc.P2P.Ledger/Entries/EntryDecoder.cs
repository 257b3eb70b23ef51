using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Reads entries of one network. Stateless and safe to share between threads.</summary>
public sealed class EntryDecoder
{
    private const int StackLimit = 1024;

    private readonly FrozenDictionary<EntryKind, byte[]> _domains;

    /// <summary>A decoder for the network of this name: the name is part of every signed message.</summary>
    public EntryDecoder(string networkName)
    {
        Network = networkName;
        _domains = Enum.GetValues<EntryKind>()
            .ToFrozenDictionary(kind => kind, kind => Encoding.UTF8.GetBytes($"aeamc/v2/{networkName}/{kind.Name()}/"));
    }

    /// <summary>The network's name.</summary>
    public string Network { get; }

    /// <summary>Reads an entry of any kind. False on an unknown kind and on anything but the canonical encoding; never throws.</summary>
    public bool TryDecode(LedgerEntry entry, [NotNullWhen(true)] out DecodedEntry? decoded)
    {
        decoded = null;
        if (entry.Bytes.Length > LedgerEntry.MaxBytes || !_domains.TryGetValue(entry.Kind, out byte[]? domain))
        {
            return false;
        }

        return entry.Kind.IsV1() ? TryDecodeV1(entry, out decoded) : TryDecodeEnvelope(entry, domain, out decoded);
    }

    /// <summary>The id that an entry with this payload has.</summary>
    public static Hash256 IdOf(EntryKind kind, ReadOnlySpan<byte> payload)
    {
        Span<byte> bytes = payload.Length < StackLimit ? stackalloc byte[payload.Length + 1] : new byte[payload.Length + 1];
        bytes[0] = (byte)kind;
        payload.CopyTo(bytes[1..]);
        return Hash256.Of(bytes);
    }

    private static bool TryDecodeEnvelope(LedgerEntry entry, byte[] domain, [NotNullWhen(true)] out DecodedEntry? decoded)
    {
        decoded = null;
        if (!Envelope.TryRead(entry.Bytes, out Envelope.View envelope)
            || !EntryPayload.TryDecode(entry.Kind, envelope.Payload, out EntryPayload? payload))
        {
            return false;
        }

        var claim = new SignatureClaim(envelope.Algorithm, envelope.Key, Envelope.Join(domain, envelope.Payload), envelope.Signature);
        decoded = new DecodedEntry(entry, IdOf(entry.Kind, envelope.Payload), payload, claim);
        return true;
    }

    private static bool TryDecodeV1(LedgerEntry entry, [NotNullWhen(true)] out DecodedEntry? decoded)
    {
        decoded = null;
        if (!EntryPayload.TryDecode(entry.Kind, entry.Bytes.Span, out EntryPayload? payload))
        {
            return false;
        }

        Hash256 id = payload is TaskProofV1 proof ? IdOf(entry.Kind, proof.SignedText()) : IdOf(entry.Kind, entry.Bytes.Span);
        decoded = new DecodedEntry(entry, id, payload, null);
        return true;
    }
}
