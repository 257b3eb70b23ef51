namespace Aeamc.P2P.Storage;

/// <summary>The data folder's disk has too little room left to go on writing safely. <see cref="DiskSpace.IsFull"/> knows it.</summary>
public sealed class DiskFullException(string message) : IOException(message, DiskSpace.NoSpace);
