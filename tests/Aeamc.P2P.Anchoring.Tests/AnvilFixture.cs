using Aeamc.P2P.Anchoring.Evm;
using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Testnet.Evm;

namespace Aeamc.P2P.Anchoring.Tests;

/// <summary>One chain for the tests of a class, each of which deploys its own contract and has its own accounts.</summary>
public sealed class AnvilFixture : IAsyncLifetime
{
    private static readonly UInt128 Ether = 1_000_000_000_000_000_000;

    public AnvilProcess Anvil { get; private set; } = null!;

    public EvmRpc Rpc => Anvil.Rpc;

    public async ValueTask InitializeAsync() => Anvil = await AnvilProcess.StartAsync(new AnvilOptions(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Anvil.DisposeAsync();

    public Task<EvmWallet> WalletAsync() => WalletAsync(Anvil);

    /// <summary>A fresh account that holds a thousand ether.</summary>
    public static async Task<EvmWallet> WalletAsync(AnvilProcess anvil)
    {
        var wallet = new EvmWallet(Secp256k1PrivateKey.Generate());
        await anvil.SetBalanceAsync(wallet.Address, 1000 * Ether, TestContext.Current.CancellationToken);
        return wallet;
    }

    internal Task<AnchorContract> DeployAsync(EvmWallet wallet, TestCommittee committee, EvmAddress guardian = default) =>
        AnchorContract.DeployAsync(Rpc, wallet, TestCommittee.NetworkId, committee.GroupKey, guardian, TestContext.Current.CancellationToken);

    /// <summary>Sends a call and gives its receipt.</summary>
    internal async Task<EvmReceipt> CallAsync(EvmWallet wallet, EvmAddress to, byte[] data, ulong gasLimit = 300_000)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        EvmFees fees = await FeePolicy.SuggestAsync(Rpc, await Rpc.LatestBlockAsync(cancellation), cancellation);
        ulong nonce = await Rpc.NonceAsync(wallet.Address, cancellation);
        SignedTransaction transaction = wallet.Sign(new EvmTransaction(await Rpc.ChainIdAsync(cancellation), nonce, fees, gasLimit, to, 0, data));
        await Rpc.SendAsync(transaction, cancellation);
        EvmReceipt? receipt;
        while ((receipt = await Rpc.ReceiptAsync(transaction.Id, cancellation)) is null)
        {
            // The chain's own block for it is made a moment after the answer; this one comes after that, or takes its place.
            await Anvil.MineAsync(1, cancellation);
        }

        return receipt;
    }

    /// <summary>Why a call is refused.</summary>
    internal async Task<string> RefusalAsync(EvmWallet wallet, EvmAddress to, byte[] data)
    {
        EvmRpcException refusal = await Assert.ThrowsAsync<EvmRpcException>(
            () => Rpc.EstimateGasAsync(wallet.Address, to, data, TestContext.Current.CancellationToken));
        return AnchorContract.Explain(refusal);
    }
}
