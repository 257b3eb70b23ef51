using System.Buffers;

namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>A whole HTTP request in a pooled buffer.</summary>
internal sealed class PreparedPost(byte[] buffer, int length)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _buffer = buffer;

    /// <summary>Completes when the post is answered for good, or given up.</summary>
    public Task Done => _done.Task;

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>The request's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, length);

    /// <summary>Gives the buffer back; the post is done with.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } returned)
        {
            ArrayPool<byte>.Shared.Return(returned);
            _done.TrySetResult();
        }
    }
}
