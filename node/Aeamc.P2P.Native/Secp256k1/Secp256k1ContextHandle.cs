using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Secp256k1;

/// <summary>
/// A libsecp256k1 context, blinded by 32 random bytes against side channels and then never changed, so any number of threads may share it.
/// An illegal argument makes the library abort the process by default; here it is only counted, and the call returns 0 as callers expect.
/// </summary>
public sealed unsafe class Secp256k1ContextHandle : SafeHandle
{
    private static long _illegalArguments;

    private Secp256k1ContextHandle(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    /// <summary>How often the library was given an argument it calls illegal. Anything but 0 is a mistake of ours.</summary>
    public static long IllegalArguments => Interlocked.Read(ref _illegalArguments);

    /// <summary>Makes a context.</summary>
    /// <param name="seed32">32 fresh random bytes.</param>
    /// <exception cref="ArgumentException">The seed is not 32 bytes.</exception>
    /// <exception cref="NativeLibraryMissingException">The library is not installed; the message names the package.</exception>
    public static Secp256k1ContextHandle Create(ReadOnlySpan<byte> seed32)
    {
        if (seed32.Length != 32)
        {
            throw new ArgumentException("The blinding seed has 32 bytes.", nameof(seed32));
        }

        nint context = Secp256k1Api.ContextCreate(Secp256k1Api.ContextNone);
        if (context == 0)
        {
            throw new InvalidOperationException("libsecp256k1 could not create a context.");
        }

        var safe = new Secp256k1ContextHandle(context);
        Secp256k1Api.ContextSetIllegalCallback(context, &OnIllegalArgument, null);
        fixed (byte* seed = seed32)
        {
            if (Secp256k1Api.ContextRandomize(context, seed) != 1)
            {
                safe.Dispose();
                throw new InvalidOperationException("libsecp256k1 could not blind its context.");
            }
        }

        return safe;
    }

    protected override bool ReleaseHandle()
    {
        Secp256k1Api.ContextDestroy(handle);
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnIllegalArgument(byte* message, void* data) => Interlocked.Increment(ref _illegalArguments);
}
