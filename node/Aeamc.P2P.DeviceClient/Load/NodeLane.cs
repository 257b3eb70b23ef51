using System.Net.Sockets;
using System.Threading.Channels;

namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>The connections to one node and the signed posts that wait for them. Whoever fills it too fast waits.</summary>
internal sealed class NodeLane(Uri node, LoadOptions options, LoadCounters counters, Pacer pacer, TimeProvider time)
{
    private const int MaxAttempts = 20;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly Channel<PreparedPost> _posts = Channel.CreateBounded<PreparedPost>(options.PreparedPerNode);

    /// <summary>Puts a post in line.</summary>
    public ValueTask PostAsync(PreparedPost post, CancellationToken cancellationToken) => _posts.Writer.WriteAsync(post, cancellationToken);

    /// <summary>Sends what is put in line, over all connections, until cancelled.</summary>
    public IEnumerable<Task> Run(CancellationToken cancellationToken) =>
        Enumerable.Range(0, options.ConnectionsPerNode).Select(_ => Task.Run(() => SendAllAsync(cancellationToken), CancellationToken.None)).ToList();

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        using var connection = new PostConnection(node);
        while (true)
        {
            PreparedPost post = await _posts.Reader.ReadAsync(cancellationToken);
            await pacer.WaitAsync(cancellationToken);
            while (!await TrySendAsync(connection, post, cancellationToken))
            {
                await Task.Delay(RetryPause, time, cancellationToken);
            }

            post.Release();
        }
    }

    /// <summary>False when the post should be sent again: the node is away, busy, or a block behind. Posts are idempotent.</summary>
    private async ValueTask<bool> TrySendAsync(PostConnection connection, PreparedPost post, CancellationToken cancellationToken)
    {
        int status;
        string code;
        counters.CountSent();
        try
        {
            (status, code) = await connection.SendAsync(post.Bytes, cancellationToken);
        }
        catch (Exception cause) when (cause is SocketException or IOException)
        {
            connection.Reset();
            (status, code) = (0, PostResult.Unreachable);
        }

        if (status == 202)
        {
            counters.CountAccepted();
            return true;
        }

        counters.CountRefused(code);
        return ++post.Attempts >= MaxAttempts || (status != 0 && status != 429 && status != 503 && code is not ("lease_unknown" or "device_unknown"));
    }
}
