using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>A libp2p peer with a member's key, in the member's place, that answers those who catch up with something else than the chain.</summary>
internal sealed class LyingPeer : IAsyncDisposable
{
    private readonly Libp2pHost _host;
    private readonly NodeStore _store;
    private int _answers;

    private LyingPeer(Ed25519PrivateKey key, int port, NodeStore store, IEnumerable<Multiaddress> others)
    {
        _store = store;
        _host = new Libp2pHost(new Libp2pHostOptions
        {
            Identity = key,
            ListenAddresses = [Multiaddress.Parse(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/ip4/127.0.0.1/tcp/{port}"))],
            BootstrapPeers = [.. others],
        });
        _host.HandleRequests(SyncProtocol.Range, new RequestOptions(64, SyncProtocol.MaximumResponse, TimeSpan.FromSeconds(30), 16), AnswerAsync);
        _host.HandleRequests(SyncProtocol.Checkpoints, new RequestOptions(64, SyncProtocol.MaximumResponse, TimeSpan.FromSeconds(30), 16), (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(new byte[] { 0x91, 0xc4, 1, 7 }));
    }

    /// <summary>The lies told, by kind.</summary>
    public ConcurrentDictionary<string, int> Told { get; } = [];

    /// <summary>Takes the place of a member that does not run.</summary>
    public static async Task<LyingPeer> StartAsync(Ed25519PrivateKey key, int port, string storeFolder, IEnumerable<Multiaddress> others)
    {
        var peer = new LyingPeer(key, port, NodeStore.Open(storeFolder), others);
        await peer._host.StartAsync();
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _store.Dispose();
    }

    private async ValueTask<ReadOnlyMemory<byte>?> AnswerAsync(PeerId peer, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (!SyncProtocol.TryDecodeRangeRequest(request.Span, out Height from, out int count))
        {
            return null;
        }

        // Each kind in turn, the wrong certificate first: it looks right until a signature is checked.
        string lie = (Interlocked.Increment(ref _answers) % 3) switch
        {
            1 => "wrong certificate",
            2 => "nothing",
            _ => "wrong block",
        };
        Told.AddOrUpdate(lie, 1, static (_, times) => times + 1);
        if (lie == "nothing")
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
        }

        var range = new List<RangeBlock>();
        for (Height height = from; range.Count < count && _store.GetBlock(height) is { } block; height = height.Next)
        {
            Assert.True(MicroblockHeader.TryDecode(block.Header, out MicroblockHeader? header));
            Assert.True(BlockPayload.TryDecode(block.Payload, out BlockPayload? payload));
            byte[] finalization = block.Finalization;
            if (lie == "wrong block" && range.Count == 1)
            {
                header = header with { StateRoot = Hash256.Of("elsewhere"u8) };
            }
            else if (lie == "wrong certificate" && finalization.Length > 0)
            {
                finalization[^1] ^= 1;
            }

            range.Add(new RangeBlock(BlockContent.Create(header, payload).Encoded, finalization, []));
        }

        return SyncProtocol.EncodeRange(range);
    }
}
