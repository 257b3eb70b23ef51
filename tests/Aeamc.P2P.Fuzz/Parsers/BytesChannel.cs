using Aeamc.P2P.Libp2p;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>A connection on which certain bytes come and then the end; what is written is kept.</summary>
internal sealed class BytesChannel(byte[] bytes) : ConnectionChannel
{
    private readonly MemoryStream _written = new();

    /// <summary>How many bytes were read.</summary>
    public int Taken { get; private set; }

    /// <summary>What was written.</summary>
    public byte[] Written => _written.ToArray();

    public override ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(destination.Length, bytes.Length - Taken);
        bytes.AsMemory(Taken, count).CopyTo(destination);
        Taken += count;
        return ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        _written.Write(source.Span);
        return ValueTask.CompletedTask;
    }

    public override void Shutdown()
    {
        // Nothing is sent anyway.
    }

    public override void Dispose()
    {
        // Holds nothing that must be let go.
    }
}
