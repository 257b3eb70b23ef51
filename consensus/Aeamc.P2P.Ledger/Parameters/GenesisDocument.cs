using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// What a network starts from; its hash is the parent of the first block, so two networks never share a chain.
/// Encoding: [version u8 = 1, network str, cluster_id u32, start u64 ms, committee [[node bin 32, label str, address str, dkg key bin 33]], parameters [u64],
/// requesters [key bin]].
/// </summary>
public sealed record GenesisDocument(
    string NetworkName,
    uint ClusterId,
    Timestamp Start,
    IReadOnlyList<GenesisMember> Committee,
    NetworkParameters Parameters,
    IReadOnlyList<PublicKey> Requesters)
{
    /// <summary>The longest network name.</summary>
    public const int MaxNetworkName = 64;

    /// <summary>The largest committee.</summary>
    public const int MaxCommittee = 128;

    /// <summary>The most requester accounts.</summary>
    public const int MaxRequesters = 1024;

    /// <summary>The longest encoding in bytes.</summary>
    public const int MaxBytes = 128 * 1024;

    private const byte Version = 1;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>SHA-256 of the network's name: the network id of checkpoints.</summary>
    public Hash256 NetworkId => Hash256.Of(Encoding.UTF8.GetBytes(NetworkName));

    /// <summary>SHA-256 of the encoding.</summary>
    public Hash256 Hash() => Hash256.Of(Encode());

    /// <summary>The ledger's state at height 0.</summary>
    /// <exception cref="InvariantException">The document is not sound (<see cref="Problem"/>).</exception>
    public LedgerState Genesis() => LedgerState.Genesis(this);

    /// <summary>What makes this document unusable, as one sentence; null when it is sound.</summary>
    public string? Problem()
    {
        if (NetworkName.Length is 0 or > MaxNetworkName || NetworkName.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return $"The network name must be 1..{MaxNetworkName} characters of a-z, 0-9 and '-'.";
        }

        if (Committee.Count is 0 or > MaxCommittee || Committee.Select(member => member.Id).Distinct().Count() != Committee.Count)
        {
            return $"The committee must have 1..{MaxCommittee} members, each once.";
        }

        if (Committee.Any(member => Encoding.UTF8.GetByteCount(member.Label) > GenesisMember.MaxLabel
            || Encoding.UTF8.GetByteCount(member.Address) > GenesisMember.MaxAddress))
        {
            return $"A member's label has at most {GenesisMember.MaxLabel} bytes and its address at most {GenesisMember.MaxAddress}.";
        }

        if (Committee.Any(member => member.DkgKey.Length != GenesisMember.DkgKeySize || member.DkgKey.Span[0] is not (2 or 3)))
        {
            return $"A member's DKG key has {GenesisMember.DkgKeySize} bytes and begins with 2 or 3: a compressed secp256k1 point.";
        }

        if (Requesters.Count > MaxRequesters || Requesters.Distinct().Count() != Requesters.Count)
        {
            return $"There may be at most {MaxRequesters} requester keys, each once.";
        }

        return Parameters.Problem();
    }

    /// <summary>The canonical encoding.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(7);
        writer.Write((ulong)Version);
        writer.Write(NetworkName);
        writer.Write((ulong)ClusterId);
        writer.Write(Start);
        writer.WriteArrayHeader(Committee.Count);
        foreach (GenesisMember member in Committee)
        {
            writer.WriteArrayHeader(4);
            writer.Write(member.Id);
            writer.Write(member.Label);
            writer.Write(member.Address);
            writer.Write(member.DkgKey.Span);
        }

        Parameters.Write(output);
        writer.WriteArrayHeader(Requesters.Count);
        foreach (PublicKey key in Requesters)
        {
            writer.Write(key);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the canonical encoding of a sound document.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out GenesisDocument? document)
    {
        document = null;
        var reader = new MessagePackReader(bytes);
        if (bytes.Length > MaxBytes
            || !reader.TryReadArrayHeader(7)
            || !reader.TryReadUInt8(out byte version)
            || version != Version
            || !reader.TryReadString(MaxNetworkName, out string name)
            || !reader.TryReadUInt32(out uint cluster)
            || !reader.TryReadTimestamp(out Timestamp start)
            || !TryReadCommittee(ref reader, out GenesisMember[] committee)
            || !NetworkParameters.TryRead(ref reader, out NetworkParameters? parameters)
            || !TryReadRequesters(ref reader, out PublicKey[] requesters)
            || !reader.End)
        {
            return false;
        }

        document = new GenesisDocument(name, cluster, start, committee, parameters, requesters);
        return document.Problem() is null;
    }

    private static bool TryReadCommittee(ref MessagePackReader reader, out GenesisMember[] committee)
    {
        committee = [];
        if (!reader.TryReadArrayHeader(MaxCommittee, out int count))
        {
            return false;
        }

        committee = new GenesisMember[count];
        foreach (ref GenesisMember member in committee.AsSpan())
        {
            if (!reader.TryReadArrayHeader(4)
                || !reader.TryReadNodeId(out NodeId id)
                || !reader.TryReadString(GenesisMember.MaxLabel, out string label)
                || !reader.TryReadString(GenesisMember.MaxAddress, out string address)
                || !reader.TryReadExactly(GenesisMember.DkgKeySize, out ReadOnlySpan<byte> dkgKey))
            {
                return false;
            }

            member = new GenesisMember(id, label, address) { DkgKey = dkgKey.ToArray() };
        }

        return true;
    }

    private static bool TryReadRequesters(ref MessagePackReader reader, out PublicKey[] keys)
    {
        keys = [];
        if (!reader.TryReadArrayHeader(MaxRequesters, out int count))
        {
            return false;
        }

        keys = new PublicKey[count];
        foreach (ref PublicKey key in keys.AsSpan())
        {
            if (!reader.TryReadKey(out key))
            {
                return false;
            }
        }

        return true;
    }
}
