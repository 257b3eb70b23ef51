using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Keygen;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Dkg;

namespace Aeamc.P2P.Node.Tests.Keygen;

/// <summary>The four members' ceremonies over the real ledger, with chain time in the test's hand.</summary>
public sealed class DkgReplayTests : IDisposable
{
    private const ulong Phase = 10_000;

    private readonly TestCommittee _committee = new(NetworkParameters.Default with { DkgPhaseMs = Phase });
    private readonly List<Timestamp> _times;
    private LedgerState _state;

    public DkgReplayTests()
    {
        _state = _committee.Genesis.Genesis();
        _times = [_committee.Genesis.Start];
    }

    public void Dispose() => _committee.Dispose();

    /// <summary>A member's view of the ceremony, from nothing but the ledger: what a restarted node has.</summary>
    private DkgCeremony Replay(int member)
    {
        Secp256k1Group group = Secp256k1Group.Shared;
        DkgParameters parameters = DkgReplay.Parameters(group, _committee.Genesis, _committee.Context.GenesisHash, _state.Dkg.Session, 3);

        // The ceremony keeps a reference to its member's secret.
        DkgMemberSecret secret = KeyGeneration.MemberSecret(group, _committee.Keys[member]);
        var ceremony = new DkgCeremony(group, parameters, new NodeIndex((ushort)member), secret);
        DkgReplay.Play(ceremony, _state, group, height => _times[(int)height.Value], _times[^1]);
        return ceremony;
    }

    /// <summary>A block with what these members owe.</summary>
    private void Block(ulong millisecondsLater, params int[] members)
    {
        var entries = new List<BlockEntry>();
        foreach (int member in members)
        {
            using DkgCeremony ceremony = Replay(member);
            if (ceremony.Pending is { } pending)
            {
                LedgerEntry entry = new NodeEntrySigner(_committee.Keys[member], _committee.Genesis.NetworkName).Sign(KeyGeneration.ToPayload(pending, _state.Dkg.Session));
                Assert.True(_committee.Context.Decoder.TryDecode(entry, out DecodedEntry? decoded));
                entries.Add(new BlockEntry(decoded, _committee.Keys[member].PublicKey));
            }
        }

        _times.Add(_times[^1].Plus(millisecondsLater));
        BlockResult result = _committee.Context.Ledger.Apply(_state, new BlockContext(_state.Height.Next, _times[^1], default), entries);
        Assert.All(result.Outcomes, outcome => Assert.Equal(RefusalCode.None, outcome.Code));
        _state = result.State;
    }

    private DkgPhase PhaseOf(int member)
    {
        using DkgCeremony ceremony = Replay(member);
        return ceremony.Transcript.Phase;
    }

    private void AssertOneKey(params int[] members)
    {
        byte[] key = _state.GroupKey!.PublicKey;
        foreach (int member in members)
        {
            using DkgCeremony one = Replay(member), again = Replay(member);
            using SigningShare share = one.TakeShare()!, same = again.TakeShare()!;
            Assert.Equal(key, share.PublicKey.GroupKey.ToArray());
            Assert.Equal(Encode(share), Encode(same));
        }
    }

    private static byte[] Encode(SigningShare share)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        share.Encode(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    [Fact]
    public void All_deal_and_confirm_one_phase_later_and_a_restart_gives_the_same_share()
    {
        Block(1_000, 0, 1, 2, 3);
        Assert.Equal(DkgPhase.Complaining, PhaseOf(0));
        Block(Phase - 1);
        Assert.Equal(DkgPhase.Complaining, PhaseOf(1));
        Block(1);
        Assert.Equal(DkgPhase.Confirming, PhaseOf(2));
        Assert.Null(_state.GroupKey);

        Block(1_000, 0, 1, 2, 3);

        AssertOneKey(0, 1, 2, 3);
    }

    [Fact]
    public void A_member_that_dealt_nothing_delays_the_key_and_still_gets_its_share()
    {
        Block(1_000, 0, 1, 3);
        Assert.Equal(DkgPhase.Dealing, PhaseOf(0));
        Block(Phase - 1);
        Assert.Equal(DkgPhase.Dealing, PhaseOf(0));
        Block(1);
        Assert.Equal(DkgPhase.Complaining, PhaseOf(0));
        Block(Phase);
        Block(1_000, 0, 1, 3);
        Assert.Null(_state.GroupKey);

        // It dealt nothing, but its share came from the others; with its word t honest holders are certain.
        Block(1_000, 2);
        AssertOneKey(0, 1, 2, 3);
    }

    [Fact]
    public void Every_member_closes_the_phases_at_the_same_message_whenever_it_reads()
    {
        Block(1_000, 0, 1, 3);

        // This dealing stands in a block after the phase has ended: late for everybody, though it was made in time.
        Block(Phase, 2);
        Assert.Equal(DkgPhase.Complaining, PhaseOf(0));
        using DkgCeremony early = Replay(0);
        Block(Phase);
        Block(1_000, 0, 1, 2, 3);

        using DkgCeremony late = Replay(3);
        Assert.Equal(early.Transcript.Qualified, late.Transcript.Qualified);
        Assert.DoesNotContain(new NodeIndex(2), late.Transcript.Qualified);
        AssertOneKey(0, 1, 2, 3);
    }
}
