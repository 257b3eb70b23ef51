using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>The keys of the authenticated state: one letter for the kind of record, then its natural key. What a state proof is asked for by.</summary>
public static class StateKeys
{
    internal const byte CountersTag = (byte)'c';
    internal const byte GenesisTag = (byte)'g';
    internal const byte ParametersTag = (byte)'p';
    internal const byte DeviceTag = (byte)'d';
    internal const byte TaskTag = (byte)'t';
    internal const byte DkgTag = (byte)'k';
    internal const byte DkgMessageTag = (byte)'m';
    internal const byte AnchorTag = (byte)'a';
    internal const byte MemberTag = (byte)'n';

    /// <summary>Height, time and totals (<see cref="LedgerCounters"/>).</summary>
    public static byte[] Counters() => [CountersTag];

    /// <summary>The genesis document.</summary>
    public static byte[] Genesis() => [GenesisTag];

    /// <summary>The parameters in force.</summary>
    public static byte[] Parameters() => [ParametersTag];

    /// <summary>A device.</summary>
    public static byte[] Device(DeviceId id)
    {
        var key = new byte[1 + id.Length];
        key[0] = DeviceTag;
        id.CopyTo(key.AsSpan(1));
        return key;
    }

    /// <summary>A task by the id of its post.</summary>
    public static byte[] Task(Hash256 postId) => Tagged(TaskTag, postId);

    /// <summary>The state of the key generation.</summary>
    public static byte[] Dkg() => [DkgTag];

    /// <summary>A message of the key generation by its place.</summary>
    public static byte[] DkgMessage(uint session, uint place)
    {
        var key = new byte[9];
        key[0] = DkgMessageTag;
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(1), session);
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(5), place);
        return key;
    }

    /// <summary>An anchor.</summary>
    public static byte[] Anchor(ulong chainId, Height height)
    {
        var key = new byte[17];
        key[0] = AnchorTag;
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(1), chainId);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(9), height.Value);
        return key;
    }

    /// <summary>A committee member's conviction.</summary>
    public static byte[] Member(NodeId node)
    {
        var key = new byte[1 + NodeId.Size];
        key[0] = MemberTag;
        node.CopyTo(key.AsSpan(1));
        return key;
    }

    private static byte[] Tagged(byte tag, Hash256 hash)
    {
        var key = new byte[1 + Hash256.Size];
        key[0] = tag;
        hash.CopyTo(key.AsSpan(1));
        return key;
    }
}
