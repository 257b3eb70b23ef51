using System.Text.Json;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Testnet.Evm;

namespace Aeamc.P2P.Anchoring.Tests;

/// <summary>Relayers against a real chain: each turn is called by the test and the clock is moved by it, so nothing waits.</summary>
public sealed class EvmRelayerTests
{
    private const uint Cluster = 1;
    private static readonly TimeSpan StepIn = TimeSpan.FromSeconds(10);
    private static readonly TestCommittee Committee = TestCommittee.Deal(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Four_nodes_anchor_each_checkpoint_exactly_once()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil);
        for (ulong height = 1; height <= 8; height++)
        {
            members.Offer(Committee.SignedAt(height));
            await members.TurnAsync();
        }

        await members.TurnAsync();
        ulong[] sent = await members.NoncesAsync();
        Assert.Equal(8, sent.Sum(nonce => (int)nonce));
        Assert.True(sent.Count(nonce => nonce > 0) > 1, "one member paid for all");
        foreach (List<AnchorConfirmation> seen in members.Confirmed)
        {
            Assert.Equal(Enumerable.Range(1, 8).Select(height => TestCommittee.Checkpoint((ulong)height)), seen.Select(one => one.Checkpoint));
            Assert.All(seen, one => Assert.True(one.Chain == "31337" && one.Gas > 21_000));
        }

        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(1, members.Confirmed.Count(seen => seen[i].SentByUs));
        }
    }

    [Fact]
    public async Task Another_steps_in_when_the_first_is_dead()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil);
        int first = members.FirstFor(1);
        int second = (first + 1) % 4;
        members.Offer(Committee.SignedAt(1));
        await members.TurnAsync(except: first);
        await members.TurnAsync(except: first);
        Assert.Equal(Height.Zero, await members.HeadAsync());
        members.Time.Advance(StepIn);
        await members.TurnAsync(except: first);
        Assert.Equal(new Height(1), await members.HeadAsync());
        await members.TurnAsync();
        Assert.True(members.Confirmed[second].Single().SentByUs);
        Assert.False(members.Confirmed[first].Single().SentByUs);
        Assert.Equal(1, (await members.NoncesAsync()).Sum(nonce => (int)nonce));
    }

    [Fact]
    public async Task What_a_reorganisation_drops_is_sent_again_and_confirmed_once()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1, options => options with { Confirmations = 3 });
        await anvil.MineAsync(3, Cancellation);
        members.Offer(Committee.SignedAt(1));
        await members.TurnAsync();
        Assert.Equal(new Height(1), await members.HeadAsync());

        // Once before the relayer has seen its block, and once after.
        for (int reorganisation = 0; reorganisation < 2; reorganisation++)
        {
            await anvil.ReorganizeAsync(1, Cancellation);
            Assert.Equal(Height.Zero, await members.HeadAsync());
            await members.TurnAsync();
            Assert.Equal(new Height(1), await members.HeadAsync());
            await members.TurnAsync(mine: false);
        }

        Assert.Empty(members.Confirmed[0]);
        await anvil.MineAsync(2, Cancellation);
        await members.TurnAsync();
        await members.TurnAsync();
        Assert.Equal(TestCommittee.Checkpoint(1), members.Confirmed[0].Single().Checkpoint);
    }

    [Fact]
    public async Task A_transaction_that_stays_out_of_the_blocks_is_offered_a_tenth_more()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1);
        members.Offer(Committee.SignedAt(1));
        await members.TurnAsync(mine: false);
        (UInt128 fee, UInt128 tip) = await PoolOfferAsync(anvil);
        members.Time.Advance(TimeSpan.FromSeconds(31));
        await members.TurnAsync(mine: false);
        (UInt128 raisedFee, UInt128 raisedTip) = await PoolOfferAsync(anvil);
        Assert.True(raisedFee * 10 >= fee * 11 && raisedTip * 10 >= tip * 11, $"{fee} -> {raisedFee}, {tip} -> {raisedTip}");
        await members.TurnAsync();
        await members.TurnAsync();
        Assert.True(members.Confirmed[0].Single().SentByUs);
    }

    [Fact]
    public async Task The_fee_cap_is_never_passed()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1, options => options with { MaxFeeGwei = 2 });
        members.Offer(Committee.SignedAt(1));
        for (int i = 0; i < 4; i++)
        {
            await members.TurnAsync(mine: false);
            members.Time.Advance(TimeSpan.FromSeconds(31));
        }

        (UInt128 fee, _) = await PoolOfferAsync(anvil);
        Assert.Equal((UInt128)2_000_000_000, fee);
        Assert.Contains("2 gwei is the configured most", members.Relayers[0].State);
    }

    [Fact]
    public async Task A_nonce_whose_anchor_others_made_is_filled_with_a_no_op()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 2);
        int first = members.FirstFor(1);
        members.Offer(Committee.SignedAt(1));
        await members.TurnAsync(mine: false);

        // The price of gas jumps over the first member's offer; the second, which steps in, sees the new price.
        await anvil.Rpc.CallAsync("anvil_setNextBlockBaseFeePerGas", ["0x174876e800"], Cancellation);
        await anvil.MineAsync(1, Cancellation);
        members.Time.Advance(StepIn);
        await members.TurnAsync(except: first);
        Assert.Equal(new Height(1), await members.HeadAsync());
        await members.TurnAsync();
        Assert.False(members.Confirmed[first].Single().SentByUs);
        Assert.Equal(0UL, (await members.NoncesAsync())[first]);

        members.Time.Advance(TimeSpan.FromSeconds(31));
        await members.TurnAsync();
        Assert.Equal(1UL, (await members.NoncesAsync())[first]);
        Assert.Equal(new Height(1), await members.HeadAsync());
    }

    [Fact]
    public async Task A_node_without_a_wallet_reports_what_others_anchor()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1);
        await using var watcher = new EvmRelayer(members.Options with { Wallet = null });
        var seen = new List<AnchorConfirmation>();
        watcher.Confirmed += seen.Add;
        watcher.Offer(Committee.SignedAt(1));
        Assert.True(await watcher.TurnAsync(Cancellation));
        Assert.Contains("without a wallet", watcher.State);
        members.Offer(Committee.SignedAt(1));
        await members.TurnAsync();
        await watcher.TurnAsync(Cancellation);
        Assert.False(seen.Single().SentByUs);
        Assert.Null(watcher.WalletBalance);
    }

    [Fact]
    public async Task A_missing_contract_is_said_and_waited_for()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        using EvmWallet deployer = await AnvilFixture.WalletAsync(anvil), wallet = await AnvilFixture.WalletAsync(anvil);
        await using var relayer = new EvmRelayer(new EvmRelayerOptions
        {
            RpcUrls = [anvil.Url],
            Contract = AnchorContract.PredictAddress(deployer.Address, 0),
            ClusterId = Cluster,
            Wallet = wallet,
            Time = new ManualTime(),
        });
        relayer.Offer(Committee.SignedAt(1));
        Assert.False(await relayer.TurnAsync(Cancellation));
        Assert.Contains("no contract at", relayer.State);
        AnchorContract contract = await AnchorContract.DeployAsync(anvil.Rpc, deployer, TestCommittee.NetworkId, Committee.GroupKey, default, Cancellation);
        Assert.True(await relayer.TurnAsync(Cancellation));
        await anvil.MineAsync(1, Cancellation);
        Assert.Equal(new Height(1), (await contract.GetHeadAsync(Cluster, Cancellation)).Height);
    }

    [Fact]
    public async Task The_next_endpoint_serves_while_one_is_down()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1, options => options with { RpcUrls = [new Uri("http://127.0.0.1:1"), anvil.Url] });
        members.Offer(Committee.SignedAt(1));
        await members.TurnAsync();
        await members.TurnAsync();
        Assert.Single(members.Confirmed[0]);
    }

    [Fact]
    public async Task A_chain_that_is_gone_is_said_and_nothing_is_thrown()
    {
        var time = new ManualTime();
        await using var relayer = new EvmRelayer(new EvmRelayerOptions { RpcUrls = [new Uri("http://127.0.0.1:1")], Contract = default, ClusterId = Cluster, Time = time });
        relayer.Offer(Committee.SignedAt(1));
        for (int i = 0; i < 3; i++)
        {
            Assert.False(await relayer.TurnAsync(Cancellation));
            time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Contains("127.0.0.1:1", relayer.State);
    }

    [Fact]
    public async Task An_empty_wallet_is_said_with_its_address()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1);
        await anvil.SetBalanceAsync(members.Options.Wallet!.Address, 1000, Cancellation);
        members.Offer(Committee.SignedAt(1));
        await members.TurnAsync();
        Assert.Contains(members.Options.Wallet.Address.ToString(), members.Relayers[0].State);
        Assert.Equal((UInt128)1000, members.Relayers[0].WalletBalance);
    }

    [Fact]
    public async Task A_certificate_of_another_key_is_not_sent()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1);
        members.Offer(TestCommittee.Deal(2).SignedAt(1));
        await members.TurnAsync();
        Assert.Contains("InvalidSignature", members.Relayers[0].State);
        Assert.Equal(0UL, Assert.Single(await members.NoncesAsync()));
    }

    [Fact]
    public async Task A_chain_without_base_fees_gets_legacy_transactions()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(Hardfork: "berlin"), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1);
        members.Offer(Committee.SignedAt(1));
        await members.TurnAsync();
        await members.TurnAsync();
        AnchorConfirmation confirmed = members.Confirmed[0].Single();
        JsonElement transaction = await anvil.Rpc.CallAsync("eth_getTransactionByHash", [confirmed.Transaction], Cancellation);
        Assert.Equal("0x0", transaction.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Started_it_works_by_itself()
    {
        await using AnvilProcess anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancellation);
        await using Members members = await Members.CreateAsync(anvil, count: 1);
        await anvil.SetAutomineAsync(true, Cancellation);
        var done = new TaskCompletionSource<AnchorConfirmation>(TaskCreationOptions.RunContinuationsAsynchronously);
        var relayer = new EvmRelayer(members.Options with { Time = TimeProvider.System, PollInterval = TimeSpan.FromMilliseconds(20) });
        await using (relayer)
        {
            // A listener that fails is its own trouble: the next checkpoint is reported all the same.
            relayer.Confirmed += confirmation =>
            {
                if (confirmation.Checkpoint.Height == new Height(1))
                {
                    relayer.Offer(Committee.SignedAt(2));
                    throw new InvalidOperationException("a listener's own fault");
                }

                done.TrySetResult(confirmation);
            };
            relayer.Start();
            relayer.Offer(Committee.SignedAt(1));
            Assert.Equal(new Height(2), (await done.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation)).Checkpoint.Height);
        }

        Assert.Equal("stopped", relayer.State);
    }

    private static async Task<(UInt128 Fee, UInt128 Tip)> PoolOfferAsync(AnvilProcess anvil)
    {
        JsonElement block = await anvil.Rpc.CallAsync("eth_getBlockByNumber", ["pending", true], Cancellation);
        JsonElement transaction = block.GetProperty("transactions").EnumerateArray().Single();
        return (Number("maxFeePerGas"), Number("maxPriorityFeePerGas"));

        UInt128 Number(string name) =>
            UInt128.Parse(transaction.GetProperty(name).GetString().AsSpan(2), System.Globalization.NumberStyles.AllowHexSpecifier, null);
    }

    /// <summary>Relayers of a committee on one chain, with a wallet each.</summary>
    private sealed class Members : IAsyncDisposable
    {
        private readonly AnvilProcess _anvil;
        private readonly EvmRelayerOptions[] _options;

        private Members(AnvilProcess anvil, ManualTime time, AnchorContract contract, EvmRelayerOptions[] options)
        {
            (_anvil, Time, Contract, _options) = (anvil, time, contract, options);
            Relayers = [.. options.Select(one => new EvmRelayer(one))];
            Confirmed = [.. options.Select(_ => new List<AnchorConfirmation>())];
            for (int i = 0; i < Relayers.Length; i++)
            {
                Relayers[i].Confirmed += Confirmed[i].Add;
            }
        }

        public ManualTime Time { get; }

        public AnchorContract Contract { get; }

        public EvmRelayer[] Relayers { get; }

        public List<AnchorConfirmation>[] Confirmed { get; }

        public EvmRelayerOptions Options => _options[0];

        public static async Task<Members> CreateAsync(AnvilProcess anvil, int count = 4, Func<EvmRelayerOptions, EvmRelayerOptions>? change = null)
        {
            var time = new ManualTime();
            using EvmWallet deployer = await AnvilFixture.WalletAsync(anvil);
            AnchorContract contract = await AnchorContract.DeployAsync(anvil.Rpc, deployer, TestCommittee.NetworkId, Committee.GroupKey, default, Cancellation);
            var options = new EvmRelayerOptions[count];
            for (int i = 0; i < count; i++)
            {
                var own = new EvmRelayerOptions
                {
                    RpcUrls = [anvil.Url],
                    Contract = contract.Address,
                    ClusterId = Cluster,
                    Wallet = await AnvilFixture.WalletAsync(anvil),
                    Rank = new NodeIndex((ushort)i),
                    CommitteeSize = count,
                    StepInInterval = StepIn,
                    Time = time,
                };
                options[i] = change?.Invoke(own) ?? own;
            }

            // Blocks are made by the test from here on.
            await anvil.SetAutomineAsync(false, Cancellation);
            return new Members(anvil, time, contract, options);
        }

        /// <summary>Whose turn a height is first.</summary>
        public int FirstFor(ulong height) => Array.FindIndex(_options, one => EvmRelayer.Position(new Height(height), one.Rank, one.CommitteeSize) == 0);

        public async Task<Height> HeadAsync() => (await Contract.GetHeadAsync(Cluster, Cancellation)).Height;

        public void Offer(SignedCheckpoint signed)
        {
            foreach (EvmRelayer relayer in Relayers)
            {
                relayer.Offer(signed);
            }
        }

        /// <summary>A turn of each member, then a block.</summary>
        public async Task TurnAsync(int except = -1, bool mine = true)
        {
            for (int i = 0; i < Relayers.Length; i++)
            {
                if (i != except)
                {
                    await Relayers[i].TurnAsync(Cancellation);
                }
            }

            if (mine)
            {
                await _anvil.MineAsync(1, Cancellation);
            }
        }

        public async Task<ulong[]> NoncesAsync()
        {
            var nonces = new ulong[_options.Length];
            for (int i = 0; i < nonces.Length; i++)
            {
                nonces[i] = await _anvil.Rpc.NonceAsync(_options[i].Wallet!.Address, Cancellation);
            }

            return nonces;
        }

        public async ValueTask DisposeAsync()
        {
            for (int i = 0; i < Relayers.Length; i++)
            {
                await Relayers[i].DisposeAsync();
                _options[i].Wallet?.Dispose();
            }
        }
    }
}
