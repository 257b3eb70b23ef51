namespace Aeamc.P2P.Native.RocksDb;

/// <summary>The engine refused or failed; the message carries the engine's own sentence. Thrown for what an operator mends (disk, permissions, damage).</summary>
public sealed class RocksDbException(string message) : Exception(message)
{
    /// <summary>Throws when the engine left an error text behind, and frees that text.</summary>
    internal static unsafe void ThrowIfError(byte* error, string doing)
    {
        if (error is not null)
        {
            string text = System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)error) ?? "unknown error";
            RocksDbNative.Free(error);
            throw new RocksDbException($"RocksDB could not {doing}: {text}");
        }
    }
}
