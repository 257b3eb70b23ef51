using System.Net;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Identify;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>A host's Identify with one connected peer, whose messages it takes.</summary>
internal sealed class IdentifyTaker
{
    /// <summary>The longest name that is kept, in characters.</summary>
    public const int MaxText = 256;

    private static readonly PeerId Local = PeerId.FromPublicKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
    private static readonly Libp2pHostOptions Options = new() { Identity = PeerRecordGrammar.Key };

    private readonly ConnectionTable _table = new(Local, Options.Limits, new PeerGuard([], Options.Limits, Options.Time));
    private readonly RefusalCounters _refusals = new();
    private readonly IdentifyService _service;
    private string? _penalty;

    public IdentifyTaker()
    {
        var router = new StreamRouter(Options.Limits.StreamNegotiationTimeout, Options.Time, _refusals, static (_, _) => { }, static _ => { }, default);
        _service = new IdentifyService(Options, _table, router, _refusals, (_, reason) => _penalty = reason, static () => []);
        var session = new YamuxSession(
            new BytesChannel([]), PeerRecordGrammar.Signer, client: false, YamuxOptions.From(Options.Limits), Options.Time, _refusals, static _ => { });
        var address = Multiaddress.Parse("/ip4/1.2.3.4/tcp/1");
        FuzzTarget.Require(
            _table.TryAdd(new PeerConnection(1, PeerRecordGrammar.Signer, ConnectionDirection.Inbound, address, IPAddress.Loopback, 0, session), out _) is null, "there is room for one peer");
    }

    /// <summary>What is known of the peer now.</summary>
    public PeerIdentity? Identity => _table.Describe(PeerRecordGrammar.Signer)!.Identity;

    /// <summary>Takes a message; gives for what the peer is thrown out, the name of what was left out, or that all was taken.</summary>
    public string Take(byte[] message, bool push)
    {
        _penalty = null;
        _service.Take(PeerRecordGrammar.Signer, message, push);
        return _penalty ?? (_refusals["identify-bad-record"] > 0 ? "identify-bad-record" : FuzzTarget.Taken);
    }
}
