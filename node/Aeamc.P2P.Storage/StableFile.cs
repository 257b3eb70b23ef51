using Aeamc.P2P.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Aeamc.P2P.Storage;

/// <summary>An existing file on the real disk.</summary>
internal sealed class StableFile : IStableFile
{
    private readonly SafeFileHandle _handle;

    private StableFile(SafeFileHandle handle) => _handle = handle;

    internal static IStableFile Open(string path) => new StableFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read));

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_handle, bytes, offset);

    public void Sync() => PosixFiles.SyncData(_handle);

    public void Dispose() => _handle.Dispose();
}
