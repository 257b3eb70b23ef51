using Aeamc.P2P.Libp2p;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>A connection on which certain bytes come and then the end; what is written goes nowhere.</summary>
internal sealed class BytesChannel(byte[] bytes) : ConnectionChannel
{
    private int _at;

    public override ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(destination.Length, bytes.Length - _at);
        bytes.AsMemory(_at, count).CopyTo(destination);
        _at += count;
        return ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public override void Shutdown()
    {
        // Nothing is sent anyway.
    }

    public override void Dispose()
    {
        // Holds nothing.
    }
}
