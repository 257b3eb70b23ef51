using System.IO.Pipelines;

namespace Aeamc.P2P.Libp2p.Tests;

/// <summary>Two ends of a byte stream in memory: what one writes the other reads. Disposing of an end ends both.</summary>
internal sealed class PairedChannel : ConnectionChannel
{
    private readonly Pipe _in;
    private readonly Pipe _out;

    private PairedChannel(Pipe @in, Pipe @out)
    {
        _in = @in;
        _out = @out;
    }

    public static (PairedChannel A, PairedChannel B) Create()
    {
        var options = new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);
        var there = new Pipe(options);
        var back = new Pipe(options);
        return (new PairedChannel(back, there), new PairedChannel(there, back));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ReadResult result = await _in.Reader.ReadAsync(cancellationToken);
        int count = (int)Math.Min(result.Buffer.Length, destination.Length);
        System.Buffers.BuffersExtensions.CopyTo(result.Buffer.Slice(0, count), destination.Span);
        _in.Reader.AdvanceTo(result.Buffer.GetPosition(count));
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        await _out.Writer.WriteAsync(source, cancellationToken);

    /// <summary>Reads until the other end is closed.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var all = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await ReadAsync(buffer)) > 0;)
        {
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    public override void Shutdown() => Dispose();

    public override void Dispose()
    {
        _out.Writer.Complete();
        _in.Writer.Complete();
    }
}
