using Aeamc.P2P.Anchoring.Evm;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring.Tests;

/// <summary>The whole path from an entry to the anchored chain root, checked by the contract as the light client checks it.</summary>
public sealed class VerifyReceiptTests(AnvilFixture chain, ITestOutputHelper output) : IClassFixture<AnvilFixture>
{
    private const int Blocks = 11;
    private static readonly TestCommittee Committee = TestCommittee.Deal(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_entry_of_every_block_below_the_head_is_shown()
    {
        (AnchorContract contract, TestChain blocks, EvmWallet wallet) = await AnchoredAsync();
        for (int height = 0; height < Blocks; height++)
        {
            for (int index = 0; index < blocks.Entries[height].Length; index++)
            {
                Assert.True(await VerifyAsync(contract, blocks.Checkpoint, blocks.Prove(height, index)), $"entry {index} of block {height}");
            }
        }

        byte[] call = Call(blocks.Checkpoint, blocks.Prove(5, 2));
        output.WriteLine($"{await chain.Rpc.EstimateGasAsync(wallet.Address, contract.Address, call, Cancellation)} gas with the transaction's own");
    }

    [Fact]
    public async Task Anything_else_is_not()
    {
        (AnchorContract contract, TestChain blocks, _) = await AnchoredAsync();
        Proof proof = blocks.Prove(5, 2);
        Hash256[] longer = [.. proof.ChainPath, Hash256.Zero];
        byte[] flipped = [.. proof.Header];
        flipped[60] ^= 1;
        byte[] version = [.. proof.Header];
        version[4] = 1;
        Proof[] wrong =
        [
            proof with { Entry = [.. proof.Entry, 0] },
            proof with { Entry = [(byte)(proof.Entry[0] ^ 1), .. proof.Entry[1..]] },
            proof with { Index = 3 },
            proof with { Index = 60_000 },
            proof with { EntryPath = proof.EntryPath[1..] },
            proof with { EntryPath = [.. proof.EntryPath, Hash256.Zero] },
            proof with { Header = flipped },
            proof with { Header = version },
            proof with { Header = proof.Header[..316] },
            proof with { Header = blocks.Prove(6, 2).Header },
            proof with { ChainPath = proof.ChainPath[..^1] },
            proof with { ChainPath = longer },
            proof with { ChainPath = blocks.Prove(6, 2).ChainPath },
        ];
        for (int i = 0; i < wrong.Length; i++)
        {
            Assert.False(await VerifyAsync(contract, blocks.Checkpoint, wrong[i]), $"case {i}");
        }

        Assert.False(await VerifyAsync(contract, blocks.Checkpoint with { StateRoot = Hash256.Zero }, proof));
        Assert.False(await VerifyAsync(contract, blocks.Checkpoint with { ClusterId = 2 }, proof));
    }

    private async Task<(AnchorContract Contract, TestChain Blocks, EvmWallet Wallet)> AnchoredAsync()
    {
        var blocks = new TestChain();
        EvmWallet wallet = await chain.WalletAsync();
        AnchorContract contract = await chain.DeployAsync(wallet, Committee);
        Assert.True((await chain.CallAsync(wallet, contract.Address, AnchorContract.AnchorCall(Committee.Sign(blocks.Checkpoint)))).Success);
        return (contract, blocks, wallet);
    }

    private async Task<bool> VerifyAsync(AnchorContract contract, Checkpoint checkpoint, Proof proof) =>
        (await chain.Rpc.ReadAsync(contract.Address, Call(checkpoint, proof), Cancellation))[31] == 1;

    private static byte[] Call(Checkpoint checkpoint, Proof proof)
    {
        byte[][] tails = [Bytes(proof.Entry), Words(proof.EntryPath), Bytes(proof.Header), Words(proof.ChainPath)];
        ulong offset = 5 * 32;
        var head = new AbiWriter();
        for (int i = 0; i < tails.Length; i++)
        {
            head.Word(offset);
            offset += (ulong)tails[i].Length;
            if (i == 0)
            {
                head.Word(proof.Index);
            }
        }

        return new AbiWriter().Selector("verifyReceipt((uint32,uint64,uint64,bytes32,bytes32,bytes32),(bytes,uint16,bytes32[],bytes,bytes32[]))")
            .Word(checkpoint.ClusterId).Word(checkpoint.Epoch.Value).Word(checkpoint.Height.Value)
            .Word(checkpoint.BlockHash).Word(checkpoint.ChainRoot).Word(checkpoint.StateRoot)
            .Word(7 * 32).Raw(head.ToArray()).Raw([.. tails.SelectMany(tail => tail)]).ToArray();

        static byte[] Bytes(byte[] value) => new AbiWriter().Word((ulong)value.Length).Raw(value).Raw(new byte[(32 - value.Length % 32) % 32]).ToArray();

        static byte[] Words(Hash256[] value)
        {
            AbiWriter writer = new AbiWriter().Word((ulong)value.Length);
            return value.Aggregate(writer, (all, hash) => all.Word(hash)).ToArray();
        }
    }

    private sealed record Proof(byte[] Entry, ushort Index, Hash256[] EntryPath, byte[] Header, Hash256[] ChainPath);

    /// <summary>A chain of blocks with 1 to 11 entries; its headers are real, what they say of each other does not matter here.</summary>
    private sealed class TestChain
    {
        private readonly MicroblockHeader[] _headers = new MicroblockHeader[Blocks];
        private readonly Hash256[] _leaves = new Hash256[Blocks];

        public TestChain()
        {
            for (int height = 0; height < Blocks; height++)
            {
                var entries = new BatchEntry[height + 1];
                for (int i = 0; i < entries.Length; i++)
                {
                    entries[i] = new BatchEntry((byte)(i + 1), System.Text.Encoding.ASCII.GetBytes($"entry {i} of block {height}"));
                }

                Entries[height] = entries;
                _headers[height] = new MicroblockHeader
                {
                    ClusterId = 1,
                    Timestamp = new Timestamp((ulong)height),
                    PayloadHash = Hash256.Zero,
                    PreviousHash = Hash256.Zero,
                    ReceiptCount = (ushort)entries.Length,
                    Height = new Height((ulong)height),
                    View = new View(0),
                    Epoch = new Epoch(0),
                    Proposer = new NodeIndex(0),
                    EntriesRoot = EntriesRoot.Of(entries),
                    StateRoot = Hash256.Zero,
                    ChainRoot = Hash256.Zero,
                    Beacon = BeaconProof.None,
                    ParametersHash = Hash256.Zero,
                };
                _leaves[height] = MerkleTree.LeafHash(_headers[height].ComputeHash());
            }

            Checkpoint = new Checkpoint(
                TestCommittee.NetworkId, 1, new Epoch(0), new Height(Blocks - 1), _headers[^1].ComputeHash(), MerkleTree.Root(_leaves), Hash256.Of("state"u8));
        }

        public BatchEntry[][] Entries { get; } = new BatchEntry[Blocks][];

        public Checkpoint Checkpoint { get; }

        public Proof Prove(int height, int index)
        {
            BatchEntry entry = Entries[height][index];
            return new Proof(
                [entry.Kind, .. entry.Bytes.Span], (ushort)index, MerkleTree.Path(EntriesRoot.LeafHashes(Entries[height]), index),
                _headers[height].ToArray(), MerkleTree.Path(_leaves, height));
        }
    }
}
