using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Votes;

/// <summary>Golden bytes: a change here breaks every peer and every log on disk.</summary>
public class WireFormatTests
{
    private static readonly Hash256 HashA = new(Enumerable.Repeat((byte)0xaa, 32).ToArray());
    private static readonly Hash256 HashB = new(Enumerable.Repeat((byte)0xbb, 32).ToArray());
    private static readonly BlockRef Block = new(HashA, new Height(300), new View(7), HashB, new View(5));
    private static readonly VoteSignature Signature = new(Enumerable.Repeat((byte)0xcc, 64).ToArray());
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);
    private static readonly string C = new('c', 128);

    // [7's statement: kind, epoch 2, view 7, [hash, 300, parent hash, 5]]
    private static readonly string BlockHex = $"94c420{A}cd012cc420{B}05";

    [Fact]
    public void A_vote()
    {
        var vote = new Vote(Statement.Notarize(new Epoch(2), Block), new NodeIndex(3), Signature);
        Golden($"9401" + $"94010207{BlockHex}" + "03" + $"c440{C}", vote);
    }

    [Fact]
    public void A_nullify_has_no_block() =>
        Golden($"9401" + "94020207c0" + "03" + $"c440{C}", new Vote(Statement.Nullify(new Epoch(2), new View(7)), new NodeIndex(3), Signature));

    [Fact]
    public void A_proposal()
    {
        var vote = new Vote(Statement.Notarize(new Epoch(2), Block), new NodeIndex(3), Signature);
        Golden($"9302" + $"9394010207{BlockHex}03c440{C}" + "c403010203", new Proposal(vote, new byte[] { 1, 2, 3 }));
    }

    [Fact]
    public void A_proposal_is_signed_by_a_notarize_and_by_nothing_else()
    {
        var vote = new Vote(Statement.Finalize(new Epoch(2), Block), new NodeIndex(3), Signature);
        Assert.False(ConsensusMessageCodec.TryDecode(ConsensusMessageCodec.Encode(new Proposal(vote, new byte[] { 1 })), out _));
    }

    [Fact]
    public void A_certificate()
    {
        SignerBitmap signers = SignerBitmap.From([0b1011]);
        byte[] signatures = [.. Enumerable.Repeat((byte)0xcc, 192)];
        Golden($"9403" + $"94030207{BlockHex}" + "c4010b" + $"c4c0{C}{C}{C}", new Certificate(Statement.Finalize(new Epoch(2), Block), signers, signatures));
    }

    [Fact]
    public void A_request() => Golden("9404020746", new CertificatesRequest(new Epoch(2), new View(7), new View(70)));

    [Fact]
    public void Log_records()
    {
        GoldenRecord($"920194010207{BlockHex}", new WalRecord.Voted(Statement.Notarize(new Epoch(2), Block)));
        var certificate = new Certificate(Statement.Nullify(new Epoch(2), new View(7)), SignerBitmap.From([1]), Enumerable.Repeat((byte)0xcc, 64).ToArray());
        GoldenRecord($"940294020207c0c40101c440{C}", new WalRecord.Accepted(certificate));
        GoldenRecord($"9503" + $"0207c420{A}c3", new WalRecord.Certified(new Epoch(2), new View(7), HashA, true));
        GoldenRecord($"930494010207{BlockHex}c40109", new WalRecord.Proposed(Statement.Notarize(new Epoch(2), Block), new byte[] { 9 }));
    }

    [Fact]
    public void The_watermark()
    {
        var mark = new Watermark(new Epoch(2), new View(7), VoteKind.Finalize, HashA);
        Assert.Equal($"94020703c420{A}", Convert.ToHexStringLower(mark.Encode()));
        Assert.True(Watermark.TryDecode(mark.Encode(), out Watermark read));
        Assert.Equal(mark, read);
        Assert.False(Watermark.TryDecode([.. mark.Encode(), 0], out _));
    }

    [Fact]
    public void Evidence_in_its_one_order()
    {
        var nullify = new Vote(Statement.Nullify(new Epoch(2), new View(7)), new NodeIndex(3), Signature);
        var finalize = new Vote(Statement.Finalize(new Epoch(2), Block), new NodeIndex(3), Signature);
        Assert.True(EquivocationEvidence.TryCreate(finalize, nullify, out EquivocationEvidence? evidence));
        string hex = $"9303" + $"9394020207c003c440{C}" + $"9394030207{BlockHex}03c440{C}";
        Assert.Equal(hex, Convert.ToHexStringLower(evidence.Encode()));
        Assert.True(EquivocationEvidence.TryDecode(Convert.FromHexString(hex), out EquivocationEvidence? read));
        Assert.Equal(evidence, read);

        string swapped = $"9303" + $"9394030207{BlockHex}03c440{C}" + $"9394020207c003c440{C}";
        Assert.False(EquivocationEvidence.TryDecode(Convert.FromHexString(swapped), out _));

        // Nor may it name another offence than it shows: one offence, one encoding.
        foreach (string kind in (string[])["01", "02"])
        {
            Assert.False(EquivocationEvidence.TryDecode(Convert.FromHexString("93" + kind + hex[4..]), out _));
        }
    }

    [Fact]
    public void The_signed_bytes()
    {
        var domain = new SigningDomain(HashB, 0x01020304, new Epoch(2));
        string head = Convert.ToHexStringLower("aeamc/v2/simplex"u8) + B + "01020304" + "0000000000000002" + "0000000000000007";
        Assert.Equal(head + "02", Convert.ToHexStringLower(domain.Message(Statement.Nullify(new Epoch(2), new View(7)))));
        Assert.Equal(
            head + "01" + A + "000000000000012c" + B + "0000000000000005",
            Convert.ToHexStringLower(domain.Message(Statement.Notarize(new Epoch(2), Block))));
        Assert.Equal(head + "03", Convert.ToHexStringLower(domain.Message(Statement.Finalize(new Epoch(2), Block)))[..138]);
    }

    [Fact]
    public void Every_truncation_extension_and_bit_flip_is_refused_or_reads_as_something_that_encodes_to_the_same_bytes()
    {
        var world = new World();
        BlockRef block = World.Block(world.Genesis, 1);
        ConsensusMessage[] messages =
        [
            world.Vote(new NodeIndex(1), Statement.Finalize(world.Epoch, block)), world.Proposal(block).Message,
            world.Certificate(Statement.Nullify(world.Epoch, new View(9))), new CertificatesRequest(world.Epoch, new View(1), new View(2)),
        ];
        foreach (ConsensusMessage message in messages)
        {
            byte[] bytes = ConsensusMessageCodec.Encode(message);
            Assert.False(ConsensusMessageCodec.TryDecode([.. bytes, 0], out _));
            for (int i = 0; i < bytes.Length; i++)
            {
                Assert.False(ConsensusMessageCodec.TryDecode(bytes.AsSpan(0, i), out _));
                for (int bit = 0; bit < 8; bit++)
                {
                    byte[] flipped = [.. bytes];
                    flipped[i] ^= (byte)(1 << bit);
                    if (ConsensusMessageCodec.TryDecode(flipped, out ConsensusMessage? read))
                    {
                        Assert.Equal(flipped, ConsensusMessageCodec.Encode(read));
                    }
                }
            }
        }
    }

    private static void Golden(string hex, ConsensusMessage message)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(ConsensusMessageCodec.Encode(message)));
        Assert.True(ConsensusMessageCodec.TryDecode(Convert.FromHexString(hex), out ConsensusMessage? read));
        Assert.Equal(hex, Convert.ToHexStringLower(ConsensusMessageCodec.Encode(read)));
    }

    private static void GoldenRecord(string hex, WalRecord record)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(record.Encode()));
        Assert.True(WalRecord.TryDecode(Convert.FromHexString(hex), out WalRecord? read));
        Assert.Equal(record.GetType(), read.GetType());
        Assert.Equal(hex, Convert.ToHexStringLower(read.Encode()));
        Assert.False(WalRecord.TryDecode(Convert.FromHexString(hex + "00"), out _));
        Assert.False(WalRecord.TryDecode(Convert.FromHexString(hex[..^2]), out _));
    }
}
