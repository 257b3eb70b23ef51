using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Yamux;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Tests.Yamux;

/// <summary>A session against a peer that the test plays frame by frame: what an honest muxer never does is refused by name.</summary>
public sealed class YamuxSessionTests : IDisposable
{
    private static readonly YamuxOptions Options = new(4, 8, 600_000, 512 * 1024, 64 * 1024, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20));

    private readonly ManualTime _time = new();
    private readonly RefusalCounters _refusals = new();
    private readonly List<YamuxStream> _accepted = [];
    private readonly PairedChannel _peer;
    private readonly YamuxSession _session;
    private readonly Task _run;

    public YamuxSessionTests()
    {
        (PairedChannel ours, _peer) = PairedChannel.Create();
        // We listen: the peer's streams are odd, ours even.
        _session = new YamuxSession(ours, PeerId.FromNodeId(new NodeId(new byte[32])), client: false, Options, _time, _refusals, _accepted.Add);
        _run = _session.RunAsync();
    }

    public void Dispose() => _session.Abort();

    [Fact]
    public void Header_bytes_are_those_of_the_specification()
    {
        var bytes = new byte[YamuxHeader.Size];
        new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Syn | YamuxFlags.Fin, 0x01020304, 0x0A0B0C0D).Write(bytes);
        Assert.Equal("0001000501020304" + "0a0b0c0d", Convert.ToHexStringLower(bytes));
        Assert.True(YamuxHeader.TryRead(bytes, out YamuxHeader read));
        Assert.Equal(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Syn | YamuxFlags.Fin, 0x01020304, 0x0A0B0C0D), read);
    }

    [Fact]
    public async Task A_stream_is_acknowledged_and_its_data_read_byte_by_byte_as_it_comes()
    {
        byte[] frames =
        [
            .. Frame(YamuxFrameType.Data, YamuxFlags.Syn, 1, 5), .. "hello"u8,
            .. Frame(YamuxFrameType.Data, YamuxFlags.Fin, 1, 3), .. "you"u8,
        ];
        foreach (byte b in frames)
        {
            await _peer.WriteAsync(new[] { b });
        }

        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, 1, 0), await ReadFrameAsync());
        YamuxStream stream = Assert.Single(_accepted);
        var text = new byte[8];
        Assert.True(await stream.ReadExactlyAsync(text));
        Assert.Equal("helloyou"u8.ToArray(), text);
        Assert.Equal(0, await stream.ReadAsync(text));
        stream.CloseWrite();
        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Fin, 1, 0), await ReadFrameAsync());
        Assert.Equal(0, _session.StreamCount);
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_value()
    {
        await _peer.WriteAsync(Frame(YamuxFrameType.Ping, YamuxFlags.Syn, 0, 0xDEADBEEF));
        Assert.Equal(Frame(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 0xDEADBEEF), await ReadFrameAsync());
    }

    [Fact]
    public async Task Our_ping_measures_the_round_trip_and_silence_ends_the_session()
    {
        _session.Tick();
        Assert.Equal(Frame(YamuxFrameType.Ping, YamuxFlags.Syn, 0, 1), await ReadFrameAsync());
        _time.Advance(TimeSpan.FromMilliseconds(70));
        // An answer to a ping that was never sent changes nothing; the next frame shows it was handled.
        await _peer.WriteAsync(Frame(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 9));
        await _peer.WriteAsync(Frame(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 1));
        await SettleAsync();
        Assert.Equal(TimeSpan.FromMilliseconds(70), _session.RoundTrip);

        _time.Advance(TimeSpan.FromSeconds(31));
        _session.Tick();
        Assert.Equal(Frame(YamuxFrameType.Ping, YamuxFlags.Syn, 0, 2), await ReadFrameAsync());
        _time.Advance(TimeSpan.FromSeconds(21));
        _session.Tick();
        await _session.Completion.WaitAsync(TestHost.Patience);
        Assert.Equal(1, _refusals["yamux-keepalive-timeout"]);
    }

    [Fact]
    public async Task We_send_no_more_than_the_peers_credit()
    {
        YamuxStream stream = _session.OpenStream();
        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 2, 0), await ReadFrameAsync());
        Task write = stream.WriteAsync(new byte[YamuxOptions.InitialWindow + 1000]).AsTask();
        Assert.Equal(YamuxOptions.InitialWindow, await ReadDataAsync(2, YamuxOptions.InitialWindow));
        Assert.False(write.IsCompleted);
        await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, 2, 1000));
        Assert.Equal(1000, await ReadDataAsync(2, 1000));
        await write.WaitAsync(TestHost.Patience);
        Assert.True(stream.Acknowledged);
    }

    [Fact]
    public async Task Credit_comes_back_for_what_was_read_and_a_fast_reader_gets_a_larger_window()
    {
        await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0));
        await ReadFrameAsync();
        await _peer.WriteAsync(Frame(YamuxFrameType.Data, YamuxFlags.None, 1, 200_000));
        await _peer.WriteAsync(new byte[200_000]);
        var buffer = new byte[200_000];
        Assert.True(await _accepted[0].ReadExactlyAsync(buffer.AsMemory(0, 100_000)));
        Assert.True(await _accepted[0].ReadExactlyAsync(buffer.AsMemory(0, 100_000)));
        byte[] update = await ReadFrameAsync();
        Assert.True(YamuxHeader.TryRead(update, out YamuxHeader header));
        // No time passed on the clock: half a window read at once doubles it, so the delta is what was read and one more window.
        Assert.Equal(YamuxFrameType.WindowUpdate, header.Type);
        Assert.InRange(header.Length, (uint)YamuxOptions.InitialWindow + (YamuxOptions.InitialWindow / 2), (uint)YamuxOptions.InitialWindow + 200_000);
    }

    public static TheoryData<string, byte[]> Violations => new()
    {
        { "yamux-bad-header", [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0] },
        { "yamux-bad-header", [0, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0] },
        { "yamux-bad-header", [0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0] },
        { "yamux-bad-header", Frame(YamuxFrameType.Ping, YamuxFlags.Syn, 1, 0) },
        { "yamux-bad-stream-id", Frame(YamuxFrameType.Data, YamuxFlags.Syn, 0, 0) },
        { "yamux-bad-stream-id", Frame(YamuxFrameType.Data, YamuxFlags.Syn, 2, 0) },
        { "yamux-bad-stream-id", [.. Frame(YamuxFrameType.Data, YamuxFlags.Syn, 3, 0), .. Frame(YamuxFrameType.Data, YamuxFlags.Syn, 3, 0)] },
        { "yamux-unknown-stream", Frame(YamuxFrameType.Data, YamuxFlags.None, 7, 0) },
        { "yamux-unknown-stream", Frame(YamuxFrameType.WindowUpdate, YamuxFlags.None, 2, 5) },
        { "yamux-frame-too-long", Frame(YamuxFrameType.Data, YamuxFlags.Syn, 1, uint.MaxValue) },
        { "yamux-window-overrun", [.. Frame(YamuxFrameType.Data, YamuxFlags.Syn, 1, 300_000), .. new byte[300_000]] },
        { "yamux-window-overrun", [.. Frame(YamuxFrameType.Data, YamuxFlags.Syn | YamuxFlags.Fin, 1, 0), .. Frame(YamuxFrameType.Data, YamuxFlags.None, 1, 1), 0] },
        { "yamux-credit-overflow", [.. Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0), .. Frame(YamuxFrameType.WindowUpdate, YamuxFlags.None, 1, uint.MaxValue)] },
        { "yamux-credit-overflow", Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 1 << 30) },
        {
            "yamux-receive-buffer-full",
            [
                .. Frame(YamuxFrameType.Data, YamuxFlags.Syn, 1, 250_000), .. new byte[250_000],
                .. Frame(YamuxFrameType.Data, YamuxFlags.Syn, 3, 250_000), .. new byte[250_000],
                .. Frame(YamuxFrameType.Data, YamuxFlags.Syn, 5, 250_000), .. new byte[250_000],
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_violation_ends_the_session_with_a_go_away(string reason, byte[] frames)
    {
        Task write = _peer.WriteAsync(frames).AsTask();
        await _session.Completion.WaitAsync(TestHost.Patience);
        await _run.WaitAsync(TestHost.Patience);
        Assert.Equal(1, _refusals[reason]);
        byte[] sent = await _peer.ReadToEndAsync();
        Assert.Equal(Frame(YamuxFrameType.GoAway, YamuxFlags.None, 0, 1), sent[^YamuxHeader.Size..]);
        Assert.False(_session.CanOpen);
        await write.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_stream_too_many_is_reset_and_the_others_live()
    {
        for (uint id = 1; id <= 9; id += 2)
        {
            await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, id, 0));
        }

        for (uint id = 1; id <= 7; id += 2)
        {
            Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, id, 0), await ReadFrameAsync());
        }

        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 9, 0), await ReadFrameAsync());
        Assert.Equal(1, _refusals["yamux-too-many-streams"]);
        Assert.Equal(4, _session.StreamCount);
        Assert.True(_session.CanOpen);
    }

    [Fact]
    public async Task Streams_opened_at_once_are_announced_in_the_order_of_their_numbers()
    {
        (PairedChannel ours, PairedChannel peer) = PairedChannel.Create();
        const int Count = 200, Threads = 4;
        var session = new YamuxSession(
            ours, PeerId.FromNodeId(new NodeId(new byte[32])), client: true, Options with { MaxOutboundStreams = Count }, _time, _refusals, _ => { });
        using var go = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                go.SignalAndWait();
                for (int i = 0; i < Count / Threads; i++)
                {
                    session.OpenStream();
                }
            },
            TaskCreationOptions.LongRunning)));
        var announced = new byte[YamuxHeader.Size];
        for (uint id = 1; id < 2 * Count; id += 2)
        {
            Assert.True(await peer.ReadExactlyAsync(announced).AsTask().WaitAsync(TestHost.Patience));
            Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, id, 0), announced);
        }

        session.Abort();
    }

    [Fact]
    public async Task A_peer_may_announce_its_streams_in_another_order_but_none_twice()
    {
        foreach (uint id in new uint[] { 5, 1, 7, 3 })
        {
            await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, id, 0));
            Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, id, 0), await ReadFrameAsync());
        }

        Assert.Equal(4, _session.StreamCount);
        await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0));
        await _session.Completion.WaitAsync(TestHost.Patience);
        Assert.Equal(1, _refusals["yamux-bad-stream-id"]);
    }

    [Fact]
    public async Task A_peer_that_jumps_over_numbers_costs_a_bounded_memory_of_them()
    {
        await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, uint.MaxValue, 0));
        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, uint.MaxValue, 0), await ReadFrameAsync());
        await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, uint.MaxValue - 2, 0));
        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, uint.MaxValue - 2, 0), await ReadFrameAsync());
        await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0));
        await _session.Completion.WaitAsync(TestHost.Patience);
        Assert.Equal(1, _refusals["yamux-bad-stream-id"]);
    }

    [Fact]
    public async Task Who_makes_us_answer_but_reads_nothing_is_cut_off()
    {
        byte[] pings = [.. Enumerable.Repeat(Frame(YamuxFrameType.Ping, YamuxFlags.Syn, 0, 1), 1000).SelectMany(frame => frame)];
        Task flood = Task.Run(async () =>
        {
            while (!_session.Completion.IsCompleted)
            {
                await _peer.WriteAsync(pings);
            }
        });
        await _session.Completion.WaitAsync(TestHost.Patience);
        Assert.Equal(1, _refusals["yamux-control-flood"]);
        await flood.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task A_stream_left_by_its_owner_is_reset_when_the_peer_sends_on_or_never_ends()
    {
        await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0));
        await _peer.WriteAsync(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 3, 0));
        await ReadFrameAsync();
        await ReadFrameAsync();
        await _accepted[0].DisposeAsync();
        await _accepted[1].DisposeAsync();
        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Fin, 1, 0), await ReadFrameAsync());
        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Fin, 3, 0), await ReadFrameAsync());
        await _peer.WriteAsync(new byte[] { 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0xFF });
        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 1, 0), await ReadFrameAsync());
        _time.Advance(TimeSpan.FromSeconds(21));
        _session.Tick();
        Assert.Equal(Frame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 3, 0), await ReadFrameAsync());
        Assert.Equal(0, _session.StreamCount);
    }

    [Fact]
    public async Task After_a_go_away_no_stream_is_opened_and_the_last_one_ends_the_session()
    {
        YamuxStream stream = _session.OpenStream();
        await _peer.WriteAsync(Frame(YamuxFrameType.GoAway, YamuxFlags.None, 0, 0));
        await SettleAsync();
        Assert.False(_session.CanOpen);
        Assert.Equal(Libp2pError.ConnectionLost, Assert.Throws<Libp2pException>(() => _session.OpenStream()).Error);
        await stream.WriteAsync(new byte[3]);
        Assert.False(_session.Completion.IsCompleted);
    }

    [Fact]
    public void Streams_that_the_peer_does_not_acknowledge_are_bounded()
    {
        for (int i = 0; i < Options.MaxOutboundStreams; i++)
        {
            _session.OpenStream();
        }

        Assert.Equal(Libp2pError.LimitReached, Assert.Throws<Libp2pException>(() => _session.OpenStream()).Error);
    }

    private static byte[] Frame(YamuxFrameType type, YamuxFlags flags, uint stream, uint length)
    {
        var bytes = new byte[YamuxHeader.Size];
        new YamuxHeader(type, flags, stream, length).Write(bytes);
        return bytes;
    }

    private async Task<byte[]> ReadFrameAsync()
    {
        var bytes = new byte[YamuxHeader.Size];
        Assert.True(await _peer.ReadExactlyAsync(bytes).AsTask().WaitAsync(TestHost.Patience));
        return bytes;
    }

    // A ping is handled in order, so its answer shows that all before it was handled.
    private async Task SettleAsync()
    {
        await _peer.WriteAsync(Frame(YamuxFrameType.Ping, YamuxFlags.Syn, 0, 4711));
        byte[] answer = Frame(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 4711);
        while (!(await ReadFrameAsync()).AsSpan().SequenceEqual(answer))
        {
        }
    }

    private async Task<int> ReadDataAsync(uint stream, int total)
    {
        int sum = 0;
        while (sum < total)
        {
            Assert.True(YamuxHeader.TryRead(await ReadFrameAsync(), out YamuxHeader header));
            Assert.Equal((YamuxFrameType.Data, stream), (header.Type, header.StreamId));
            Assert.True(await _peer.ReadExactlyAsync(new byte[header.Length]).AsTask().WaitAsync(TestHost.Patience));
            sum += (int)header.Length;
        }

        return sum;
    }
}
