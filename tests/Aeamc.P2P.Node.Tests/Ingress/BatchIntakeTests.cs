using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Ingress;

public sealed class BatchIntakeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private readonly ChainHarness _chain;

    public BatchIntakeTests() => _chain = new ChainHarness(_committee, new NodeIndex(0), _folder["store"]);

    public void Dispose()
    {
        _chain.Dispose();
        _committee.Dispose();
        _folder.Dispose();
    }

    private MessageValidity Gossip(ReadOnlyMemory<byte> bytes) => _chain.Intake.Gossiped(PeerId.FromNodeId(_committee.Keys[1].PublicKey), bytes);

    [Fact]
    public void A_good_batch_is_stored_verified_and_forwarded_once()
    {
        Batch batch = _committee.Batch(1, 1, _committee.Registration("device"));

        Assert.Equal(MessageValidity.Accept, Gossip(batch.Encoded));
        Assert.True(_chain.Expect<Input.WorkWaiting>().Any);
        Assert.Equal(batch.Encoded.ToArray(), _chain.Store.GetBatch(batch.Hash));
        Assert.Equal(MessageValidity.Ignore, Gossip(batch.Encoded));
        Assert.Empty(_chain.Intake.Refused);
    }

    [Fact]
    public void What_the_sender_could_have_checked_is_its_fault_and_named()
    {
        Batch batch = _committee.Batch(1, 1, _committee.Registration("device"));
        byte[] forged = batch.Encoded.ToArray();
        forged[^1] ^= 1;
        using Ed25519PrivateKey stranger = Ed25519PrivateKey.Generate();
        var body = new BatchBody(stranger.PublicKey, 1, batch.Entries);
        Batch foreign = body.Seal(stranger.Sign(body.SigningHash(_committee.Genesis.NetworkId, _committee.Genesis.ClusterId).ToArray()));
        var other = new BatchBody(_committee.Keys[1].PublicKey, 1, batch.Entries);
        Batch otherCluster = other.Seal(_committee.Keys[1].Sign(other.SigningHash(_committee.Genesis.NetworkId, 8).ToArray()));

        Assert.Equal(MessageValidity.Reject, Gossip(batch.Encoded[..^1]));
        Assert.Equal(MessageValidity.Reject, Gossip(foreign.Encoded));
        Assert.Equal(MessageValidity.Reject, Gossip(forged));
        Assert.Equal(MessageValidity.Reject, Gossip(otherCluster.Encoded));

        Assert.Equal(1, _chain.Intake.Refused["batch_malformed"]);
        Assert.Equal(1, _chain.Intake.Refused["batch_author_not_a_member"]);
        Assert.Equal(2, _chain.Intake.Refused["batch_signature"]);
        Assert.False(_chain.Store.HasBatch(batch.Hash));
        Assert.False(_chain.Intake.Take(forged));
    }

    [Fact]
    public async Task A_batch_with_a_bad_entry_is_kept_as_evidence_and_never_proposed()
    {
        Batch batch = _committee.Batch(1, 1, _committee.Registration("good"), _committee.Registration("bad", wellSigned: false));

        Assert.Equal(MessageValidity.Accept, Gossip(batch.Encoded));
        Batch good = _committee.Batch(1, 2, _committee.Registration("device"));
        _chain.TakeAndVerify(good);
        await ChainHarness.UntilAsync(() => _chain.Intake.Refused.ContainsKey("batch_entry_invalid"));

        Assert.Equal(1, _chain.Intake.Refused["batch_entry_invalid"]);
        Assert.True(_chain.Store.HasBatch(batch.Hash));
        using var leader = new ChainHarness(_committee, _committee.LeaderOf(1), _folder["leader"]);
        leader.Intake.Take(batch);
        leader.TakeAndVerify(good);
        Assert.Equal([good.Hash], leader.Build(1, _committee.GenesisBlock).Content.Payload.BatchHashes);
    }

    [Fact]
    public void Arbitrary_bytes_are_refused_without_a_fault()
    {
        byte[] good = _committee.Batch(1, 1, _committee.Registration("device")).Encoded.ToArray();
        var random = new Random(3);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] bytes = good[..random.Next(good.Length + 1)];
            if (bytes.Length > 0)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            }

            Assert.Equal(MessageValidity.Reject, Gossip(bytes));
        }

        Assert.False(_chain.Fault.Task.IsCompleted);
    }
}
