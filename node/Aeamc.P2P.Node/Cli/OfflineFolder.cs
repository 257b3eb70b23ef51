using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Storage;

namespace Aeamc.P2P.Node.Cli;

/// <summary>The data folder of a node that does not run, for commands that look into it.</summary>
internal static class OfflineFolder
{
    /// <summary>Loads the configuration and sees to it that its data folder is there: a command that looks must not make one.</summary>
    public static NodeConfig Find(string path)
    {
        NodeConfig config = ConfigLoader.Load(path, CommonOptions.Environment());
        return Directory.Exists(config.DataDirectory)
            ? config
            : throw new OperatorException($"there is no data folder at {config.DataDirectory}. Give the node's own configuration with --config.");
    }

    /// <summary>Keeps the daemon from starting meanwhile.</summary>
    /// <exception cref="StorageException">It runs.</exception>
    public static DataFolderLock Lock(NodeConfig config) => DataFolderLock.Acquire(config.DataDirectory);
}
