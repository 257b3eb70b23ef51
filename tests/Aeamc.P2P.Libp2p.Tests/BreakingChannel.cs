using System.Threading.Channels;

namespace Aeamc.P2P.Libp2p.Tests;

/// <summary>A connection that breaks when the test says so: what was received before can still be read, and every write from then on fails.</summary>
internal sealed class BreakingChannel : ConnectionChannel
{
    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();
    private byte[] _left = [];

    /// <summary>Runs inside the write that finds the connection broken; null while it stands.</summary>
    public Action? OnBrokenWrite { get; set; }

    /// <summary>Bytes from the peer.</summary>
    public void Receive(byte[] bytes) => Assert.True(_received.Writer.TryWrite(bytes));

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (_left.Length == 0)
        {
            if (!await _received.Reader.WaitToReadAsync(cancellationToken) || !_received.Reader.TryRead(out byte[]? next))
            {
                throw new ChannelClosedException(ChannelCloseReason.ConnectionLost);
            }

            _left = next;
        }

        int count = Math.Min(_left.Length, destination.Length);
        _left.AsSpan(0, count).CopyTo(destination.Span);
        _left = _left[count..];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (OnBrokenWrite is not { } broken)
        {
            return ValueTask.CompletedTask;
        }

        broken();
        throw new ChannelClosedException(ChannelCloseReason.ConnectionLost);
    }

    public override void Shutdown() => _received.Writer.TryComplete();

    public override void Dispose() => _received.Writer.TryComplete();
}
