namespace Aeamc.P2P.Storage;

/// <summary>A file whose writes are counted on once they are synced: the seam where tests make a disk fill up or fail.</summary>
internal interface IStableFile : IDisposable
{
    /// <summary>Writes all bytes at an offset.</summary>
    /// <exception cref="IOException">The disk refused; any part may have been written.</exception>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns when everything written is on the disk.</summary>
    /// <exception cref="IOException">The disk refused; what it kept is unknown.</exception>
    void Sync();
}
