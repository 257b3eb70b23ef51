using System.Security.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

internal static class TestPeers
{
    /// <summary>The same peer id for the same number, in every run.</summary>
    public static PeerId Id(int number) => PeerId.FromPublicKey(SHA256.HashData(BitConverter.GetBytes(number)));
}
