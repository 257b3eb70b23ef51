using System.Buffers.Binary;
using Aeamc.P2P.Native.RocksDb;

namespace Aeamc.P2P.Storage.Store;

/// <summary>The version of what the families hold, marked in the database itself.</summary>
internal static class StoreFormat
{
    /// <summary>3: the ledger's records of members are convictions; 2 counted offences.</summary>
    internal const uint Current = 3;

    private static ReadOnlySpan<byte> Key => "format"u8;

    /// <summary>Marks a new database and refuses one of a version that this program does not know.</summary>
    internal static void Require(RocksDb database, ColumnFamily meta)
    {
        byte[]? mark = database.Get(meta, Key);
        if (mark is null)
        {
            Span<byte> version = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(version, Current);
            database.Put(meta, Key, version);
            return;
        }

        uint found = mark.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(mark) : 0;
        if (found != Current)
        {
            throw new StorageException(
                found > Current
                    ? $"The database '{database.Path}' has format {found}, newer than format {Current} of this program. Run the newer aeamc that wrote it, or start with an empty data folder and let it sync."
                    : found != 0
                    ? $"The database '{database.Path}' has format {found}; this program needs format {Current} and cannot convert it. Move the folder away (keep node.key, signer-watermark and wal) and let the node sync."
                    : $"The database '{database.Path}' has no readable format mark. Restore it from a backup, or start with an empty data folder and let it sync.");
        }
    }
}
