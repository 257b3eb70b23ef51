namespace Aeamc.P2P.Native;

/// <summary>A native engine is installed but cannot serve: too old, built without a needed part, or unable to start. For the operator to read.</summary>
public sealed class NativeLibraryUnsuitableException(string message) : Exception(message);
