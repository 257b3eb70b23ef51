using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>Hands events to followers, and wakes those who wait for a block. A slow follower loses its oldest events, never anybody else's.</summary>
public sealed class EventHub
{
    /// <summary>Followers at most; more are told to come back.</summary>
    public const int MaximumFollowers = 1_024;

    private const int EventsHeld = 256;

    private readonly ConcurrentDictionary<Channel<NodeEvent>, bool> _followers = [];
    private volatile TaskCompletionSource _next = NewSignal();
    private ulong _height;

    /// <summary>Tells everybody.</summary>
    public void Publish(NodeEvent happened)
    {
        foreach (Channel<NodeEvent> follower in _followers.Keys)
        {
            follower.Writer.TryWrite(happened);
        }
    }

    /// <summary>A block of this height is final.</summary>
    public void BlockFinal(Height height)
    {
        Interlocked.Exchange(ref _height, height.Value);
        Interlocked.Exchange(ref _next, NewSignal()).TrySetResult();
    }

    /// <summary>Completes when a block above <paramref name="height"/> is final.</summary>
    public async Task WaitAboveAsync(Height height, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The signal is taken before the height is read, so that a block in between is not missed.
            Task next = _next.Task;
            if (Interlocked.Read(ref _height) > height.Value)
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Events from now on.</summary>
    public async IAsyncEnumerable<NodeEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_followers.Count >= MaximumFollowers)
        {
            yield break;
        }

        var channel = Channel.CreateBounded<NodeEvent>(new BoundedChannelOptions(EventsHeld) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _followers.TryAdd(channel, true);
        try
        {
            await foreach (NodeEvent happened in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return happened;
            }
        }
        finally
        {
            _followers.TryRemove(channel, out _);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
