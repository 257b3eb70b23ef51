using System.Text;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Threshold.Tests.Roast;

public class RoastTests
{
    private static readonly Secp256k1Group Group = Secp256k1Group.Shared;
    private static readonly Hash256 Message = Hash256.Of("message"u8);

    private enum Behaviour
    {
        Honest,
        Silent,
        SilentAfterCommitting,
        LyingShare,
        Garbage,
        Refusing,
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(14, 20)]
    public void Honest_members_sign_whatever_the_order_of_their_answers(int threshold, int members)
    {
        var run = new Run(1, threshold, members, new Behaviour[members]);
        run.Execute();
        Assert.True(run.Coordinator.Signature!.Verify(Group, run.Coordinator.Key.GroupKey, Message.ToArray()));
        Assert.Empty(run.Coordinator.Blamed);
        Assert.InRange(run.Coordinator.Sessions, 1, members - threshold + 1);
    }

    [Theory]
    [InlineData(3, 4, 60)]
    [InlineData(5, 7, 40)]
    [InlineData(14, 20, 4)]
    public void Any_n_minus_t_faulty_members_delay_but_never_stop_it_and_liars_are_named(int threshold, int members, int runs)
    {
        for (int seed = 0; seed < runs; seed++)
        {
            var random = new Random(seed);
            var behaviours = new Behaviour[members];
            foreach (int faulty in Enumerable.Range(0, members).OrderBy(_ => random.Next()).Take(members - threshold))
            {
                behaviours[faulty] = (Behaviour)random.Next(1, 6);
            }

            var run = new Run(seed, threshold, members, behaviours);
            run.Execute();
            Assert.True(run.Coordinator.Signature is not null, $"seed {seed}: {string.Join(',', behaviours)}");
            Assert.True(run.Coordinator.Signature.Verify(Group, run.Coordinator.Key.GroupKey, Message.ToArray()));
            Assert.InRange(run.Coordinator.Sessions, 1, members - threshold + 1);
            Assert.All(run.Coordinator.Blamed, member => Assert.True(behaviours[member.Value] is Behaviour.LyingShare or Behaviour.Garbage));
        }
    }

    [Fact]
    public void A_bad_share_names_its_sender()
    {
        var run = new Run(3, 3, 3, [Behaviour.Honest, Behaviour.LyingShare, Behaviour.Honest]);
        run.Execute();
        Assert.Null(run.Coordinator.Signature);
        Assert.Equal([new NodeIndex(1)], run.Coordinator.Blamed);
        Assert.True(run.Coordinator.IsHopeless);
    }

    [Fact]
    public void Fewer_than_t_members_do_not_sign()
    {
        var run = new Run(4, 3, 4, [Behaviour.Silent, Behaviour.Honest, Behaviour.SilentAfterCommitting, Behaviour.Honest]);
        run.Execute();
        Assert.Null(run.Coordinator.Signature);
        Assert.False(run.Coordinator.IsHopeless);
        Assert.Equal([new NodeIndex(0), new NodeIndex(2)], run.Coordinator.Awaited);
        Assert.Equal(2, run.Coordinator.Outstanding().Count);
    }

    [Fact]
    public void Lost_requests_and_replies_are_made_good_by_repetition()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var run = new Run(seed, 3, 4, new Behaviour[4]) { LossPercent = 60 };
            for (int attempt = 0; attempt < 200 && run.Coordinator.Signature is null; attempt++)
            {
                run.Execute();
            }

            Assert.NotNull(run.Coordinator.Signature);
            Assert.Empty(run.Coordinator.Blamed);
        }
    }

    [Fact]
    public void A_signer_signs_only_what_is_approved()
    {
        var random = new Random(5);
        using var signer = new RoastSigner(Group, TrustedDealer.Deal(random, 2, 3)[0]);
        byte[] request = new RoastRequest.Commit(Message).Encode();
        Assert.Equal(RoastRefusal.NotApproved, Refusal(signer.Answer(default, request, Fresh(random))));
        signer.Approve(Message);
        Assert.IsType<RoastReply.Committed>(Decode(signer.Answer(default, request, Fresh(random))));
        signer.Retire(Message);
        Assert.Equal(RoastRefusal.NotApproved, Refusal(signer.Answer(default, request, Fresh(random))));
        Assert.Null(signer.Answer(new NodeIndex(3), request, Fresh(random)));
        Assert.Null(signer.Answer(default, [], Fresh(random)));
    }

    [Fact]
    public void Approvals_are_capped_and_the_oldest_goes()
    {
        var random = new Random(6);
        using var signer = new RoastSigner(Group, TrustedDealer.Deal(random, 2, 3)[0]);
        Hash256[] messages = [.. Enumerable.Range(0, RoastSigner.MaxApproved + 1).Select(i => Hash256.Of(Encoding.ASCII.GetBytes($"{i}")))];
        Array.ForEach(messages, signer.Approve);
        Assert.Equal(RoastRefusal.NotApproved, Refusal(signer.Answer(default, new RoastRequest.Commit(messages[0]).Encode(), Fresh(random))));
        Assert.IsType<RoastReply.Committed>(Decode(signer.Answer(default, new RoastRequest.Commit(messages[1]).Encode(), Fresh(random))));
    }

    [Fact]
    public void A_nonce_never_signs_two_sessions()
    {
        var random = new Random(7);
        SigningShare[] shares = TrustedDealer.Deal(random, 2, 3);
        using var signer = new RoastSigner(Group, shares[0]);
        signer.Approve(Message);
        NonceCommitment own = Assert.IsType<RoastReply.Committed>(Decode(signer.Answer(default, new RoastRequest.Commit(Message).Encode(), Fresh(random)))).Commitment;
        byte[] first = SignRequest(own, Other(shares[1], random), 0);
        byte[] reply = signer.Answer(default, first, Fresh(random))!;
        NonceCommitment next = Assert.IsType<RoastReply.Signed>(Decode(reply)).Next;
        Assert.NotEqual(own, next);

        // The same request again gets the same bytes; the same nonce in another session gets none; another coordinator has no claim to it.
        Assert.Equal(reply, signer.Answer(default, first, Fresh(random)));
        Assert.Equal(RoastRefusal.UnknownNonce, Refusal(signer.Answer(default, SignRequest(own, Other(shares[1], random), 1), Fresh(random))));
        Assert.Equal(RoastRefusal.UnknownNonce, Refusal(signer.Answer(new NodeIndex(1), SignRequest(next, Other(shares[1], random), 1), Fresh(random))));

        // A list out of order is no session and leaves the nonce for a right one.
        byte[] disordered = new RoastRequest.Sign(Message, 1, [Other(shares[1], random), next]).Encode();
        Assert.Equal(RoastRefusal.BadSession, Refusal(signer.Answer(default, disordered, Fresh(random))));
        Assert.IsType<RoastReply.Signed>(Decode(signer.Answer(default, SignRequest(next, Other(shares[1], random), 1), Fresh(random))));
    }

    [Fact]
    public void A_coordinator_gets_a_bounded_number_of_sessions()
    {
        var random = new Random(8);
        SigningShare[] shares = TrustedDealer.Deal(random, 2, 3);
        using var signer = new RoastSigner(Group, shares[0]);
        signer.Approve(Message);
        NonceCommitment own = Assert.IsType<RoastReply.Committed>(Decode(signer.Answer(default, new RoastRequest.Commit(Message).Encode(), Fresh(random)))).Commitment;
        for (int i = 0; i < signer.MaxSessionsPerCoordinator; i++)
        {
            own = Assert.IsType<RoastReply.Signed>(Decode(signer.Answer(default, SignRequest(own, Other(shares[1], random), (ushort)i), Fresh(random)))).Next;
        }

        Assert.Equal(RoastRefusal.TooManySessions, Refusal(signer.Answer(default, SignRequest(own, Other(shares[1], random), 99), Fresh(random))));
    }

    [Fact]
    public void The_bytes_of_the_messages_do_not_change()
    {
        CurvePoint g = Group.MultiplyBase(Scalar.One);
        string point = $"c421{g}", hash = $"c420{Message}";
        var commitment = new NonceCommitment(new NodeIndex(2), g, g);
        Assert.Equal($"9200{hash}", Hex(new RoastRequest.Commit(Message).Encode()));
        Assert.Equal($"9401{hash}03919302{point}{point}", Hex(new RoastRequest.Sign(Message, 3, [commitment]).Encode()));
        Assert.Equal($"9400{hash}{point}{point}", Hex(new RoastReply.Committed(Message, commitment).Encode()));
        Assert.Equal($"9601{hash}03c420{9:x64}{point}{point}", Hex(new RoastReply.Signed(Message, 3, Scalar.FromUInt32(9), commitment).Encode()));
        Assert.Equal($"9302{hash}02", Hex(new RoastReply.Refused(Message, RoastRefusal.UnknownNonce).Encode()));
    }

    [Fact]
    public void Cut_lengthened_and_changed_messages_never_throw()
    {
        var random = new Random(9);
        var commitment = new NonceCommitment(new NodeIndex(0), Group.MultiplyBase(Scalar.One), Group.MultiplyBase(Scalar.One));
        byte[][] requests = [new RoastRequest.Commit(Message).Encode(), new RoastRequest.Sign(Message, 3, [commitment, commitment]).Encode()];
        byte[][] replies =
        [
            new RoastReply.Committed(Message, commitment).Encode(),
            new RoastReply.Signed(Message, 3, Scalar.One, commitment).Encode(),
            new RoastReply.Refused(Message, RoastRefusal.NotApproved).Encode(),
        ];
        foreach (byte[] bytes in requests)
        {
            Assert.True(RoastRequest.TryDecode(Group, 2, bytes, out RoastRequest? decoded));
            Assert.Equal(bytes, decoded.Encode());
            AssertRefused(bytes, data => RoastRequest.TryDecode(Group, 2, data, out RoastRequest? again) ? again.Encode() : null);
        }

        foreach (byte[] bytes in replies)
        {
            Assert.Equal(bytes, Decode(bytes).Encode());
            AssertRefused(bytes, data => RoastReply.TryDecode(Group, default, data, out RoastReply? again) ? again.Encode() : null);
        }

        void AssertRefused(byte[] bytes, Func<byte[], byte[]?> roundTrip)
        {
            Assert.Null(roundTrip([.. bytes, 0]));
            for (int i = 0; i < bytes.Length; i++)
            {
                Assert.Null(roundTrip(bytes[..i]));
                byte[] changed = [.. bytes];
                changed[i] ^= (byte)random.Next(1, 256);
                byte[]? read = roundTrip(changed);
                Assert.True(read is null || read.AsSpan().SequenceEqual(changed));
            }
        }
    }

    private static byte[] SignRequest(NonceCommitment own, NonceCommitment other, ushort session) =>
        new RoastRequest.Sign(Message, session, [own, other]).Encode();

    private static NonceCommitment Other(SigningShare share, Random random) => SigningNonce.Generate(Group, share, Fresh(random)).Commitment;

    private static byte[] Fresh(Random random) => TrustedDealer.RandomBytes(random, SigningNonce.RandomnessSize);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static RoastReply Decode(byte[]? bytes) => RoastReply.TryDecode(Group, default, bytes, out RoastReply? reply) ? reply : throw new FormatException();

    private static RoastRefusal Refusal(byte[]? bytes) => Assert.IsType<RoastReply.Refused>(Decode(bytes)).Reason;

    /// <summary>One coordinator and its signers over a network that reorders, and loses if asked to.</summary>
    private sealed class Run
    {
        private readonly Random _random;
        private readonly Behaviour[] _behaviours;
        private readonly RoastSigner[] _signers;

        public Run(int seed, int threshold, int members, Behaviour[] behaviours)
        {
            _random = new Random(seed);
            _behaviours = behaviours;
            SigningShare[] shares = TrustedDealer.Deal(_random, threshold, members);
            _signers = [.. shares.Select(share => new RoastSigner(Group, share))];
            Array.ForEach(_signers, signer => signer.Approve(Message));
            Coordinator = new RoastCoordinator(Group, shares[0].PublicKey, Message);
        }

        public RoastCoordinator Coordinator { get; }

        public int LossPercent { get; init; }

        /// <summary>Sends what is outstanding and goes on until nothing is on the way.</summary>
        public void Execute()
        {
            List<RoastOutgoing> flying = [.. Coordinator.Outstanding()];
            while (flying.Count > 0)
            {
                int pick = _random.Next(flying.Count);
                RoastOutgoing outgoing = flying[pick];
                flying.RemoveAt(pick);
                if (Lost() || Reply(outgoing) is not { } reply || Lost())
                {
                    continue;
                }

                flying.AddRange(Coordinator.Receive(outgoing.To, reply).Outgoing);
            }
        }

        private bool Lost() => _random.Next(100) < LossPercent;

        private byte[]? Reply(RoastOutgoing outgoing)
        {
            byte[]? honest = _signers[outgoing.To.Value].Answer(default, outgoing.Request.Encode(), Fresh(_random));
            bool signing = outgoing.Request is RoastRequest.Sign;
            switch (_behaviours[outgoing.To.Value])
            {
                case Behaviour.Silent:
                case Behaviour.SilentAfterCommitting when signing:
                    return null;
                case Behaviour.Garbage when signing:
                    return TrustedDealer.RandomBytes(_random, 40);
                case Behaviour.Refusing when signing:
                    return new RoastReply.Refused(Message, RoastRefusal.UnknownNonce).Encode();
                case Behaviour.LyingShare when signing && Decode(honest) is RoastReply.Signed signed:
                    return (signed with { Share = signed.Share + Scalar.One }).Encode();
                default:
                    return honest;
            }
        }
    }
}
