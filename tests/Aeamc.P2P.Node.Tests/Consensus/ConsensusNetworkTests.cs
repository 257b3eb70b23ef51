using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Consensus;

/// <summary>What peers send on its way to the core: from members only, decoded, verified, and what tells nothing new left out.</summary>
public sealed class ConsensusNetworkTests : IDisposable
{
    private static readonly NodeIndex Self = new(0);
    private readonly TestCommittee _committee = new();
    private readonly Wire _wire = new();
    private readonly InputQueue _inputs = new();
    private readonly ConsensusObserver _observer = new();
    private readonly ConsensusNetwork _network;

    public ConsensusNetworkTests() => _network = new ConsensusNetwork(_wire, _committee.Verifier, Self, _observer, _inputs);

    public void Dispose() => _committee.Dispose();

    private BlockRef Block(string name = "block") => _committee.GenesisBlock.Child(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(name)), new View(1));

    private Vote Vote(ushort voter, Statement statement) => _committee.Vote(new NodeIndex(voter), statement);

    private static Statement Notarize(BlockRef block) => Statement.Notarize(Epoch.Zero, block);

    private static Statement Finalize(BlockRef block) => Statement.Finalize(Epoch.Zero, block);

    /// <summary>Delivers bytes over a member's own connection; what reaches the core.</summary>
    private async Task<List<Input>> FromAsync(ushort member, byte[] bytes)
    {
        await _wire.Handler(PeerId.FromNodeId(_committee.Keys[member].PublicKey), bytes, CancellationToken.None);
        var inputs = new List<Input>();
        _inputs.Drain(inputs, int.MaxValue, TimeSpan.Zero);
        return inputs;
    }

    private Task<List<Input>> FromAsync(ushort member, ConsensusMessage message) => FromAsync(member, ConsensusMessageCodec.Encode(message));

    [Fact]
    public async Task What_verifies_reaches_the_core_and_what_does_not_is_counted_by_reason()
    {
        Vote vote = Vote(1, Notarize(Block()));
        Assert.Equal(vote, Assert.IsType<Input.VoteReceived>(Assert.Single(await FromAsync(1, vote))).Vote.Message);
        Certificate certificate = _committee.Finalization(Block());
        Assert.Equal(certificate.Statement, Assert.IsType<Input.CertificateReceived>(Assert.Single(await FromAsync(2, certificate))).Certificate.Message.Statement);
        var request = new CertificatesRequest(Epoch.Zero, new View(1), new View(2));
        Assert.Equal(new Input.CertificatesRequested(_committee.Keys[3].PublicKey, request), Assert.Single(await FromAsync(3, request)));

        Assert.Empty(await FromAsync(1, vote with { Statement = Finalize(Block()) }));
        Assert.Empty(await FromAsync(1, certificate with { Statement = Notarize(Block()) }));
        Assert.Empty(await FromAsync(1, new Certificate(certificate.Statement, SignerBitmap.From([0b011]), certificate.Signatures[..(2 * VoteSignature.Size)])));
        BlockRef led = _committee.GenesisBlock.Child(Block().Hash, new View(_committee.LeaderOf(1) == Self ? 2UL : 1UL));
        Assert.Empty(await FromAsync(_committee.LeaderOf(led.View.Value).Value, _committee.Proposal(led, new byte[] { 1 })));
        Assert.Equal(
            [("consensus_badsignature", 2L), ("consensus_contentmismatch", 1L), ("consensus_noquorum", 1L)],
            _network.Refused.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task Strangers_are_let_go_and_members_that_send_garbage_penalised()
    {
        byte[] vote = ConsensusMessageCodec.Encode(Vote(1, Notarize(Block())));
        var stranger = PeerId.FromNodeId(new NodeId(Hash256.Of("stranger"u8).ToArray()));
        await _wire.Handler(stranger, vote, CancellationToken.None);
        Assert.Equal(("not_a_member", stranger), Assert.Single(_wire.Disconnected));

        Assert.Empty(await FromAsync(1, [.. vote, 0]));
        Assert.Equal(("malformed_consensus_message", PeerId.FromNodeId(_committee.Keys[1].PublicKey)), Assert.Single(_wire.Penalised));
    }

    [Fact]
    public async Task A_vote_that_tells_nothing_new_counts_as_heard_of_whoever_sent_its_own()
    {
        _observer.Finalized(_committee.Finalization(Block()));
        Vote late = Vote(1, Finalize(Block()));

        Assert.Equal(new Input.MemberHeard(new NodeIndex(1), new View(1)), Assert.Single(await FromAsync(1, late)));
        Assert.Empty(await FromAsync(2, late));
        Assert.Empty(await FromAsync(2, _committee.Finalization(Block())));
    }

    [Fact]
    public async Task Of_two_votes_that_exclude_each_other_both_reach_the_core_though_the_first_told_nothing_new()
    {
        _observer.EnteredView(new View(2));
        _observer.Finalized(_committee.Finalization(Block()));
        Vote late = Vote(1, Finalize(Block())), against = Vote(1, Statement.Nullify(Epoch.Zero, new View(1)));

        Assert.IsType<Input.MemberHeard>(Assert.Single(await FromAsync(1, late)));
        Assert.Equal([late, against], (await FromAsync(1, against)).Cast<Input.VoteReceived>().Select(input => input.Vote.Message));

        // Somebody else's copy proves nothing about who said it first.
        Assert.IsType<Input.MemberHeard>(Assert.Single(await FromAsync(2, Vote(2, Finalize(Block())))));
        Assert.Single(await FromAsync(3, Vote(2, Statement.Nullify(Epoch.Zero, new View(1)))));
    }

    [Fact]
    public void A_broadcast_goes_to_every_other_member_and_an_answer_to_one()
    {
        Vote vote = Vote(0, Notarize(Block()));
        _network.Broadcast(vote);
        PeerId[] others = [.. _committee.Keys[1..].Select(key => PeerId.FromNodeId(key.PublicKey))];
        Assert.Equal(others.Order(), _wire.Sent.Select(sent => sent.Peer).Order());
        Assert.All(_wire.Sent, sent => Assert.Equal(ConsensusMessageCodec.Encode(vote), sent.Message));

        _wire.Sent.Clear();
        _network.SendTo(_committee.Keys[2].PublicKey, vote);
        _network.SendTo(_committee.Keys[0].PublicKey, vote);
        Assert.Equal(others[1], Assert.Single(_wire.Sent).Peer);
    }

    /// <summary>A host that keeps what is sent and what is done to peers.</summary>
    private sealed class Wire : ILibp2pHost
    {
        event Action<PeerInfo>? ILibp2pHost.PeerConnected
        {
            add { }
            remove { }
        }

        event Action<PeerInfo>? ILibp2pHost.PeerIdentified
        {
            add { }
            remove { }
        }

        event Action<PeerId>? ILibp2pHost.PeerDisconnected
        {
            add { }
            remove { }
        }

        public MessageHandler Handler { get; private set; } = (_, _, _) => throw new InvalidOperationException("nothing is handled");

        public List<(PeerId Peer, byte[] Message)> Sent { get; } = [];

        public List<(string Reason, PeerId Peer)> Disconnected { get; } = [];

        public List<(string Reason, PeerId Peer)> Penalised { get; } = [];

        public PeerId LocalPeer => throw new NotSupportedException();

        public TimeProvider Time => TimeProvider.System;

        public RefusalCounters Refusals { get; } = new();

        public IReadOnlyList<PeerInfo> Peers => [];

        public PeerInfo? FindPeer(PeerId peer) => null;

        public Task<PeerId> ConnectAsync(Multiaddress address, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void Disconnect(PeerId peer, string reason) => Disconnected.Add((reason, peer));

        public void Penalise(PeerId peer, string reason) => Penalised.Add((reason, peer));

        public void HandleStream(string protocol, StreamHandler handler) => throw new NotSupportedException();

        public ValueTask<PeerStream> OpenStreamAsync(PeerId peer, IReadOnlyList<string> protocols, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void HandleRequests(string protocol, RequestOptions options, RequestHandler handler) => throw new NotSupportedException();

        public ValueTask<RequestResult> RequestAsync(PeerId peer, string protocol, ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void HandleMessages(string protocol, int maxBytes, MessageHandler handler)
        {
            Assert.Equal((ConsensusNetwork.Protocol, ConsensusNetwork.MaximumMessage), (protocol, maxBytes));
            Handler = handler;
        }

        public bool TrySend(PeerId peer, string protocol, ReadOnlyMemory<byte> message)
        {
            Sent.Add((peer, message.ToArray()));
            return true;
        }
    }
}
