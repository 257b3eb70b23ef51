using Aeamc.P2P.Anchoring.Evm;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring.Tests;

/// <summary>AeamcAnchor on a real chain, with signatures of a real committee.</summary>
public sealed class AnchorContractTests(AnvilFixture chain, ITestOutputHelper output) : IClassFixture<AnvilFixture>
{
    // The design's measured ceilings; gas is the same in every run.
    private const ulong ColdCeiling = 61_000, WarmCeiling = 44_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_deployed_where_predicted_for_the_given_network_and_key()
    {
        TestCommittee committee = TestCommittee.Deal(1);
        EvmWallet wallet = await chain.WalletAsync();
        EvmAddress predicted = AnchorContract.PredictAddress(wallet.Address, nonce: 0);
        AnchorContract contract = await chain.DeployAsync(wallet, committee);
        Assert.Equal(predicted, contract.Address);
        Assert.Equal(TestCommittee.NetworkId, await contract.GetNetworkIdAsync(Cancellation));
        Assert.Equal(committee.GroupKey, await contract.GetGroupKeyAsync(Cancellation));
        Assert.False(await contract.IsPausedAsync(Cancellation));
        Assert.Equal(Height.Zero, (await contract.GetHeadAsync(1, Cancellation)).Height);
    }

    [Fact]
    public async Task Checkpoints_signed_by_three_of_four_are_anchored_below_the_gas_ceilings()
    {
        TestCommittee committee = TestCommittee.Deal(1);
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, committee);
        for (ulong height = 100; height <= 104; height++)
        {
            SignedCheckpoint signed = committee.SignedAt(height);
            Assert.True(CheckpointSignatureVerifier.Shared.Verify(committee.GroupKey, signed.Checkpoint.SigningHash(), signed.Signature));
            EvmReceipt receipt = await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(signed));
            output.WriteLine($"height {height}: {receipt.GasUsed} gas");
            Assert.True(receipt.Success);
            Assert.True(receipt.GasUsed <= (height == 100 ? ColdCeiling : WarmCeiling), $"{receipt.GasUsed} gas");
            AnchorHead head = await contract.GetHeadAsync(1, Cancellation);
            Assert.True(head.Is(signed.Checkpoint));
            Assert.False(head.Is(TestCommittee.Checkpoint(height) with { StateRoot = Hash256.Zero }));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Both_parities_of_the_key_and_of_R_are_accepted(int seed)
    {
        TestCommittee committee = TestCommittee.Deal(seed);
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, committee);
        var seen = new HashSet<byte>();
        for (ulong height = 1; seen.Count < 2; height++)
        {
            SignedCheckpoint signed = committee.SignedAt(height);
            seen.Add(signed.Signature[0]);
            Assert.True((await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(signed))).Success);
        }
    }

    [Fact]
    public void The_seeds_above_cover_both_parities_of_the_key() =>
        Assert.Equal(new byte[] { 2, 3 }, new[] { 2, 3, 4, 5 }.Select(seed => TestCommittee.Deal(seed).GroupKey[0]).Distinct().Order());

    [Fact]
    public async Task The_same_checkpoint_again_succeeds_and_changes_nothing()
    {
        TestCommittee committee = TestCommittee.Deal(1);
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, committee);
        await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(committee.SignedAt(7)));
        EvmReceipt again = await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(committee.SignedAt(7)));
        Assert.True(again.Success);
        Assert.Single(await contract.AnchoredAsync(TestCommittee.NetworkId, 1, 0, again.BlockNumber, Cancellation));
    }

    [Fact]
    public async Task A_stale_checkpoint_is_refused_by_name()
    {
        TestCommittee committee = TestCommittee.Deal(1);
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, committee);
        await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(committee.SignedAt(7)));
        Assert.Contains("StaleCheckpoint", await chain.RefusalAsync(wallet, contract.Address, AnchorContract.AnchorCall(committee.SignedAt(6))));
        SignedCheckpoint other = committee.Sign(TestCommittee.Checkpoint(7) with { BlockHash = Hash256.Zero });
        Assert.Contains("StaleCheckpoint", await chain.RefusalAsync(wallet, contract.Address, AnchorContract.AnchorCall(other)));
    }

    [Fact]
    public async Task Clusters_have_heads_of_their_own()
    {
        TestCommittee committee = TestCommittee.Deal(1);
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, committee);
        await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(committee.Sign(TestCommittee.Checkpoint(9, cluster: 1))));
        await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(committee.Sign(TestCommittee.Checkpoint(5, cluster: 2))));
        Assert.Equal(new Height(9), (await contract.GetHeadAsync(1, Cancellation)).Height);
        Assert.Equal(new Height(5), (await contract.GetHeadAsync(2, Cancellation)).Height);
    }

    [Fact]
    public async Task What_the_group_did_not_sign_is_refused()
    {
        TestCommittee committee = TestCommittee.Deal(1);
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, committee);
        byte[] call = AnchorContract.AnchorCall(committee.SignedAt(7));

        // Each field of the checkpoint and of the signature: the last byte of each word.
        for (int word = 0; word < 9; word++)
        {
            byte[] changed = [.. call];
            changed[4 + 32 * word + 31] ^= 1;
            Assert.Contains("InvalidSignature", await chain.RefusalAsync(wallet, contract.Address, changed));
        }

        byte[] zero = [.. call];
        zero.AsSpan(^32..).Clear();
        Assert.Contains("InvalidSignature", await chain.RefusalAsync(wallet, contract.Address, zero));
        byte[] foreign = AnchorContract.AnchorCall(TestCommittee.Deal(2).SignedAt(7));
        Assert.Contains("InvalidSignature", await chain.RefusalAsync(wallet, contract.Address, foreign));
        SignedCheckpoint network = committee.Sign(TestCommittee.Checkpoint(7) with { NetworkId = Hash256.Of("another"u8) });
        Assert.Contains("InvalidSignature", await chain.RefusalAsync(wallet, contract.Address, AnchorContract.AnchorCall(network)));
    }

    [Fact]
    public async Task The_guardian_pauses_and_only_the_group_unpauses()
    {
        TestCommittee committee = TestCommittee.Deal(1);
        EvmWallet guardian = await chain.WalletAsync(), stranger = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(stranger, committee, guardian.Address);
        byte[] pause = new AbiWriter().Selector("pause()").ToArray();
        Assert.Contains("NotGuardian", await chain.RefusalAsync(stranger, contract.Address, pause));
        Assert.True((await chain.CallAsync(guardian, contract.Address, pause)).Success);
        Assert.True(await contract.IsPausedAsync(Cancellation));
        Assert.Contains("IsPaused", await chain.RefusalAsync(stranger, contract.Address, AnchorContract.AnchorCall(committee.SignedAt(7))));

        byte[] unpause = await OrderAsync(committee, contract, "unpause((uint256,uint256,uint256))", "AeamcUnpause(uint256 chainId,address anchor,uint64 nonce)", 0);
        Assert.True((await chain.CallAsync(stranger, contract.Address, unpause)).Success);
        Assert.True((await chain.CallAsync(stranger, contract.Address, AnchorContract.AnchorCall(committee.SignedAt(7)))).Success);

        // The nonce has moved on: the same order does not work again.
        Assert.True((await chain.CallAsync(guardian, contract.Address, pause)).Success);
        Assert.Contains("InvalidSignature", await chain.RefusalAsync(stranger, contract.Address, unpause));
    }

    [Fact]
    public async Task The_group_pauses_too()
    {
        TestCommittee committee = TestCommittee.Deal(1);
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, committee);
        byte[] pause = await OrderAsync(committee, contract, "pause((uint256,uint256,uint256))", "AeamcPause(uint256 chainId,address anchor,uint64 nonce)", 0);
        Assert.True((await chain.CallAsync(wallet, contract.Address, pause)).Success);
        Assert.True(await contract.IsPausedAsync(Cancellation));
    }

    [Fact]
    public async Task A_rotation_takes_both_keys()
    {
        TestCommittee old = TestCommittee.Deal(1), next = TestCommittee.Deal(2);
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, old);
        const string type = "AeamcRotate(uint256 chainId,address anchor,uint64 nonce,uint256 keyX,uint8 keyPrefix)";
        byte[] message = new AbiWriter().Word(Hash256.Of(System.Text.Encoding.ASCII.GetBytes(type)))
            .Word(await chain.Rpc.ChainIdAsync(Cancellation)).Word(contract.Address.ToArray()).Word(0UL).Key(next.GroupKey).ToArray();
        byte[] digest = Hash256.Of(message).ToArray();
        byte[] Call(byte[] byOld, byte[] byNew) => new AbiWriter()
            .Selector("rotateKey(uint256,uint8,(uint256,uint256,uint256),(uint256,uint256,uint256))").Key(next.GroupKey).Signature(byOld).Signature(byNew).ToArray();
        Assert.Contains("InvalidSignature", await chain.RefusalAsync(wallet, contract.Address, Call(old.Sign(digest), old.Sign(digest))));
        Assert.Contains("InvalidSignature", await chain.RefusalAsync(wallet, contract.Address, Call(next.Sign(digest), next.Sign(digest))));
        Assert.True((await chain.CallAsync(wallet, contract.Address, Call(old.Sign(digest), next.Sign(digest)))).Success);
        Assert.Equal(next.GroupKey, await contract.GetGroupKeyAsync(Cancellation));
        Assert.Contains("InvalidSignature", await chain.RefusalAsync(wallet, contract.Address, AnchorContract.AnchorCall(old.SignedAt(7))));
        Assert.True((await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(next.SignedAt(7)))).Success);
    }

    [Fact]
    public async Task A_key_that_is_no_point_is_refused_at_deployment()
    {
        EvmWallet wallet = await chain.WalletAsync();
        byte[] key = TestCommittee.Deal(1).GroupKey;
        do
        {
            key[32]++;
        }
        while (Secp256k1PublicKey.TryParse(key, out _));

        EvmException refusal = await Assert.ThrowsAsync<EvmException>(
            () => AnchorContract.DeployAsync(chain.Rpc, wallet, TestCommittee.NetworkId, key, EvmAddress.Zero, Cancellation));
        Assert.Contains("InvalidKey", refusal.Message);
    }

    private async Task<byte[]> OrderAsync(TestCommittee committee, AnchorContract contract, string function, string type, ulong nonce)
    {
        byte[] message = new AbiWriter().Word(Hash256.Of(System.Text.Encoding.ASCII.GetBytes(type)))
            .Word(await chain.Rpc.ChainIdAsync(Cancellation)).Word(contract.Address.ToArray()).Word(nonce).ToArray();
        return new AbiWriter().Selector(function).Signature(committee.Sign(Hash256.Of(message).ToArray())).ToArray();
    }
}
