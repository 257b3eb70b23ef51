namespace Aeamc.P2P.Storage;

/// <summary>Something about the data folder that the operator mends; the message says what is wrong, where, and how.</summary>
public class StorageException(string message, Exception? inner = null) : Exception(message, inner);
