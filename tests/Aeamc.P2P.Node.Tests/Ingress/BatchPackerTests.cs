using System.Threading.Channels;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Ingress;

public sealed class BatchPackerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Hash256 Network = Hash256.Of("network"u8);

    private readonly Ed25519PrivateKey _key = Ed25519PrivateKey.Generate();
    private readonly Channel<Batch> _emitted = Channel.CreateUnbounded<Batch>();

    public void Dispose() => _key.Dispose();

    private BatchPacker Packer(TimeSpan delay) =>
        new(_key, Network, 7, 100, delay, batch => _emitted.Writer.TryWrite(batch), fault => _emitted.Writer.TryComplete(fault));

    private async Task<Batch> NextAsync() => await _emitted.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    [Fact]
    public async Task Entries_come_out_in_order_in_a_signed_batch()
    {
        using BatchPacker packer = Packer(TimeSpan.FromMilliseconds(1));
        BatchEntry[] entries = [.. Enumerable.Range(0, 20).Select(i => new BatchEntry(1, new byte[] { (byte)i }))];
        Array.ForEach(entries, packer.Add);

        var packed = new List<BatchEntry>();
        ulong sequence = 100;
        while (packed.Count < entries.Length)
        {
            Batch batch = await NextAsync();
            Assert.Equal(sequence++, batch.Sequence);
            Assert.Equal(_key.PublicKey, batch.Author);
            Assert.True(Ed25519.Verify(_key.PublicKey.ToArray(), batch.Body.SigningHash(Network, 7).ToArray(), batch.Signature));
            packed.AddRange(batch.Entries);
        }

        Assert.Equal(entries, packed);
    }

    [Fact]
    public async Task A_lone_entry_waits_for_nobody_and_a_flood_is_packed_within_the_caps()
    {
        using BatchPacker packer = Packer(TimeSpan.FromMilliseconds(1));
        packer.Add(new BatchEntry(1, new byte[1]));
        Assert.Single((await NextAsync()).Entries);

        for (int i = 0; i < 12; i++)
        {
            packer.Add(new BatchEntry(1, new byte[BatchEntry.MaxSize]));
        }

        for (int i = 0; i < 3_000; i++)
        {
            packer.Add(new BatchEntry(2, new byte[4]));
        }

        int packed = 0;
        while (packed < 3_012)
        {
            Batch batch = await NextAsync();
            Assert.InRange(batch.Entries.Count, 1, Batch.MaxEntries);
            Assert.InRange(batch.Encoded.Length, 1, Batch.MaxEncodedSize);
            packed += batch.Entries.Count;
        }
    }

    [Fact]
    public async Task A_batch_that_cannot_be_taken_is_a_fault_of_the_node_and_not_of_the_process()
    {
        var fault = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var packer = new BatchPacker(_key, Network, 7, 1, TimeSpan.Zero, _ => throw new IOException("disk full"), fault.SetResult);

        packer.Add(new BatchEntry(1, new byte[1]));

        Assert.Equal("disk full", (await fault.Task.WaitAsync(Patience)).Message);
    }
}
