using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.RocksDb;

/// <summary>
/// An object of the engine. A handle that was made from another (its parent) keeps that one alive by a reference count, so whatever
/// order the callers dispose in, the engine sees iterators go before column families and those before their database. Debian's build of
/// RocksDB aborts the process on any other order.
/// </summary>
internal abstract class RocksDbHandle : SafeHandle
{
    private readonly RocksDbHandle? _parent;

    protected RocksDbHandle(nint value, RocksDbHandle? parent = null)
        : base(0, ownsHandle: true)
    {
        if (parent is not null)
        {
            bool added = false;
            parent.DangerousAddRef(ref added);
            _parent = parent;
        }

        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    protected abstract void Destroy(nint value);

    protected override bool ReleaseHandle()
    {
        Destroy(handle);
        _parent?.DangerousRelease();
        return true;
    }
}

internal sealed class DatabaseHandle(nint value) : RocksDbHandle(value)
{
    protected override void Destroy(nint value) => RocksDbNative.Close(value);
}

internal sealed class ColumnFamilyHandle(nint value, DatabaseHandle database) : RocksDbHandle(value, database)
{
    protected override void Destroy(nint value) => RocksDbNative.ColumnFamilyDestroy(value);
}

internal sealed class IteratorHandle(nint value, ColumnFamilyHandle family) : RocksDbHandle(value, family)
{
    protected override void Destroy(nint value) => RocksDbNative.IteratorDestroy(value);
}

internal sealed class CheckpointHandle(nint value, DatabaseHandle database) : RocksDbHandle(value, database)
{
    protected override void Destroy(nint value) => RocksDbNative.CheckpointDestroy(value);
}

internal sealed class WriteBatchHandle() : RocksDbHandle(RocksDbNative.WriteBatchCreate())
{
    protected override void Destroy(nint value) => RocksDbNative.WriteBatchDestroy(value);
}

internal sealed class OptionsHandle() : RocksDbHandle(RocksDbNative.OptionsCreate())
{
    protected override void Destroy(nint value) => RocksDbNative.OptionsDestroy(value);
}

internal sealed class TableOptionsHandle() : RocksDbHandle(RocksDbNative.TableOptionsCreate())
{
    protected override void Destroy(nint value) => RocksDbNative.TableOptionsDestroy(value);
}

internal sealed class CacheHandle(nuint bytes) : RocksDbHandle(RocksDbNative.CacheCreate(bytes))
{
    protected override void Destroy(nint value) => RocksDbNative.CacheDestroy(value);
}

internal sealed class WriteOptionsHandle() : RocksDbHandle(RocksDbNative.WriteOptionsCreate())
{
    protected override void Destroy(nint value) => RocksDbNative.WriteOptionsDestroy(value);
}

internal sealed class ReadOptionsHandle() : RocksDbHandle(RocksDbNative.ReadOptionsCreate())
{
    protected override void Destroy(nint value) => RocksDbNative.ReadOptionsDestroy(value);
}

internal sealed class FlushOptionsHandle() : RocksDbHandle(RocksDbNative.FlushOptionsCreate())
{
    protected override void Destroy(nint value) => RocksDbNative.FlushOptionsDestroy(value);
}
