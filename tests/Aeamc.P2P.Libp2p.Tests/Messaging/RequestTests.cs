using Aeamc.P2P.Libp2p.Messaging;

namespace Aeamc.P2P.Libp2p.Tests.Messaging;

public class RequestTests
{
    private const string Protocol = "/test/echo/1";
    private static readonly RequestOptions Small = new(1000, 2000, TimeSpan.FromSeconds(20), 2);

    [Fact]
    public async Task A_request_is_answered_from_either_side()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        a.HandleRequests(Protocol, Small, (_, request, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(request));
        b.HandleRequests(Protocol, Small, (peer, request, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(peer == a.LocalPeer ? request : null));
        await TestHost.JoinAsync(a, b);
        foreach (int length in (int[])[0, 1, 127, 128, 1000])
        {
            byte[] request = [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
            RequestResult result = await a.RequestAsync(b.LocalPeer, Protocol, request);
            Assert.Equal(RequestStatus.Ok, result.Status);
            Assert.Equal(request, result.Response.ToArray());
            Assert.Equal(RequestStatus.Ok, (await b.RequestAsync(a.LocalPeer, Protocol, request)).Status);
        }

        Assert.Empty(b.Refusals.Snapshot());
    }

    [Fact]
    public async Task Ten_megabytes_come_back_in_one_response()
    {
        var large = new RequestOptions(100, 10 << 20, TestHost.Patience, 1);
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        var data = new byte[10 << 20];
        new Random(3).NextBytes(data);
        a.HandleRequests("/test/large/1", large, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(null));
        b.HandleRequests("/test/large/1", large, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(data));
        await TestHost.JoinAsync(a, b);
        RequestResult result = await a.RequestAsync(b.LocalPeer, "/test/large/1", new byte[1]);
        Assert.Equal(RequestStatus.Ok, result.Status);
        Assert.True(result.Response.Span.SequenceEqual(data));
    }

    [Fact]
    public async Task What_goes_wrong_has_a_name()
    {
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        a.HandleRequests("/test/refuses/1", Small with { MaxRequestBytes = 5000 }, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(null));
        b.HandleRequests("/test/refuses/1", Small, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(null));
        b.HandleRequests("/test/too-much/1", Small, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(new byte[2001]));
        await TestHost.JoinAsync(a, b);
        async Task<RequestStatus> Ask(string protocol, int length) => (await a.RequestAsync(b.LocalPeer, protocol, new byte[length])).Status;

        Assert.Equal(RequestStatus.Refused, await Ask("/test/refuses/1", 10));
        Assert.Equal(RequestStatus.RequestTooLong, await Ask("/test/refuses/1", 5001));
        Assert.Equal(RequestStatus.Refused, await Ask("/test/refuses/1", 1001));
        Assert.Equal(1, b.Refusals["stream-message-too-long"]);
        Assert.Equal(RequestStatus.ProtocolUnsupported, await Ask("/test/unknown/1", 1));
        Assert.Equal(RequestStatus.Refused, await Ask("/test/too-much/1", 1));
        Assert.Equal(1, b.Refusals["response-too-long"]);
        await b.DisposeAsync();
        await TestHost.UntilAsync(() => a.Peers.Count == 0);
        Assert.Equal(RequestStatus.NotConnected, await Ask("/test/refuses/1", 1));
    }

    [Fact]
    public async Task A_peer_over_its_quota_is_refused_and_a_slow_answer_times_out()
    {
        var time = new ManualTime();
        await using Libp2pHost a = await TestHost.StartAsync(options => options with { Time = time });
        await using Libp2pHost b = await TestHost.StartAsync();
        int running = 0;
        var never = new TaskCompletionSource<ReadOnlyMemory<byte>?>();
        a.HandleRequests(Protocol, Small, (_, request, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(request));
        b.HandleRequests(Protocol, Small, (_, _, ct) =>
        {
            Interlocked.Increment(ref running);
            return new ValueTask<ReadOnlyMemory<byte>?>(never.Task.WaitAsync(ct));
        });
        await TestHost.JoinAsync(a, b);
        Task<RequestResult> first = a.RequestAsync(b.LocalPeer, Protocol, new byte[1]).AsTask();
        Task<RequestResult> second = a.RequestAsync(b.LocalPeer, Protocol, new byte[1]).AsTask();
        await TestHost.UntilAsync(() => Volatile.Read(ref running) == 2);
        Assert.Equal(RequestStatus.Refused, (await a.RequestAsync(b.LocalPeer, Protocol, new byte[1])).Status);
        Assert.Equal(1, b.Refusals["request-quota"]);

        using var giveUp = new CancellationTokenSource();
        time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(RequestStatus.TimedOut, (await first).Status);
        Assert.Equal(RequestStatus.TimedOut, (await second).Status);
        giveUp.Cancel();
        Assert.Equal(RequestStatus.Cancelled, (await a.RequestAsync(b.LocalPeer, Protocol, new byte[1], giveUp.Token)).Status);
    }
}
