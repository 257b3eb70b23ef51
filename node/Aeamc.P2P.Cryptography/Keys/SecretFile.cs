using Aeamc.P2P.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Aeamc.P2P.Cryptography.Keys;

/// <summary>
/// Small secret files: written whole or not at all, on the disk before the call returns, readable by their owner alone, and refused when someone
/// else could have read them.
/// </summary>
public static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Writes a new file with mode 0600, creating its folder with mode 0700 when missing.</summary>
    /// <exception cref="KeyFileException">A file is there already (it is never overwritten), or the disk refused.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content)
    {
        path = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(path) ?? throw new KeyFileException(path, "is no file", "Name a file inside a folder.");
        string temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Convert.ToHexStringLower(SecureRandom.Bytes(8))}.tmp");
        try
        {
            CreateFolder(folder);
            if (File.Exists(path))
            {
                throw Exists(path);
            }

            using (FileStream file = Open(temporary))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            // Without overwriting, this is a hard link that fails when the name is taken: two writers cannot both win.
            File.Move(temporary, path, overwrite: false);
            if (!OperatingSystem.IsWindows())
            {
                PosixFiles.SyncFolder(folder);
            }
        }
        catch (IOException) when (File.Exists(path) && File.Exists(temporary))
        {
            throw Exists(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(path, $"cannot be written: {cause.Message}", "Check the folder's owner and the free space.", cause);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Reads a whole file of at most <paramref name="maximumBytes"/> bytes. The caller wipes the result.</summary>
    /// <exception cref="KeyFileException">Missing, readable by others, too long, or refused by the system.</exception>
    public static byte[] Read(string path, int maximumBytes)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            if (!OperatingSystem.IsWindows())
            {
                // Asked of the open handle, so the file checked is the file read.
                UnixFileMode mode = File.GetUnixFileMode(file);
                if ((mode & Others) != 0)
                {
                    string octal = Convert.ToString((int)mode & 0x1ff, 8);
                    throw new KeyFileException(path, $"can be read or changed by others (mode {octal})", $"Run: chmod 600 '{path}', and replace the key if others use this machine.");
                }
            }

            long length = RandomAccess.GetLength(file);
            if (length > maximumBytes)
            {
                throw new KeyFileException(path, $"is {length} bytes long, more than any key file", "Check that the path names the key file.");
            }

            var content = new byte[length];
            int read = RandomAccess.Read(file, content, fileOffset: 0);
            return read == content.Length ? content : throw new KeyFileException(path, "changed while it was read", "Try again.");
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyFileException(path, "does not exist", "Make one with: aeamc init.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(path, $"cannot be read: {cause.Message}", "Check that it belongs to the user that runs the node.", cause);
        }
    }

    private static KeyFileException Exists(string path) =>
        new(path, "exists already and is never overwritten", "Move it away first if a new key is wanted.");

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            // From its first moment: a mode set afterwards leaves time to open the file and wait for the bytes.
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
