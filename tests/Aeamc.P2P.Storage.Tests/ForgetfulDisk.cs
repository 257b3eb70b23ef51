namespace Aeamc.P2P.Storage.Tests;

/// <summary>A disk that keeps what was synced and forgets everything else, as a power cut may.</summary>
internal static class ForgetfulDisk
{
    public static IStableFile Open(string path) => new Unsynced(StableFile.Open(path));

    private sealed class Unsynced(IStableFile file) : IStableFile
    {
        private readonly List<(byte[] Bytes, long Offset)> _writes = [];

        public void Write(ReadOnlySpan<byte> bytes, long offset) => _writes.Add((bytes.ToArray(), offset));

        public void Sync()
        {
            foreach ((byte[] bytes, long offset) in _writes)
            {
                file.Write(bytes, offset);
            }

            _writes.Clear();
        }

        public void Dispose() => file.Dispose();
    }
}
