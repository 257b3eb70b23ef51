using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Cli;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>What follows from the genesis file alone: rules, committee, and who may sign what.</summary>
public sealed class NetworkFoundation
{
    public NetworkFoundation(GenesisDocument genesis)
    {
        Genesis = genesis;
        Hash256 hash = genesis.Hash();
        var committee = new Committee([.. genesis.Committee.Select(member => member.Id)]);
        var leaders = new LeaderSchedule(committee, hash);
        Verifier = new MessageVerifier(
            new SigningDomain(genesis.NetworkId, genesis.ClusterId, Epoch.Zero), committee, leaders, new Ed25519SignatureVerifier(), new MicroblockContent());
        Verdicts = new SignatureVerdicts();
        var ledger = new LedgerMachine(new LedgerPorts(Verdicts, new KeyRecovery(), new LedgerEvidenceVerifier(Verifier)));
        Context = new ChainContext(genesis, hash, Epoch.Zero, committee, leaders, ledger, new EntryDecoder(genesis.NetworkName), new BeaconVerifier());
    }

    public GenesisDocument Genesis { get; }

    public MessageVerifier Verifier { get; }

    public SignatureVerdicts Verdicts { get; }

    public ChainContext Context { get; }

    /// <summary>The addresses that the genesis file gives for the members other than one.</summary>
    public IEnumerable<Multiaddress> MemberAddresses(NodeId self) =>
        Genesis.Committee
            .Where(member => member.Id != self && member.Address.Length > 0)
            .Select(member => Address("committee address", $"{member.Address}/p2p/{PeerId.FromNodeId(member.Id)}"));

    /// <summary>Reads an address of a configuration.</summary>
    /// <exception cref="OperatorException">It is none; the message names the key.</exception>
    public static Multiaddress Address(string key, string text) =>
        Multiaddress.TryParse(text, out Multiaddress? address) ? address : throw new OperatorException($"{key}: '{text}' is no multiaddress that this node can use. Write for example /ip4/127.0.0.1/tcp/9000.");
}
