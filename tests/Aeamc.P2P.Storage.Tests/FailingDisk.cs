namespace Aeamc.P2P.Storage.Tests;

/// <summary>A disk whose syncs fail while a test says so.</summary>
internal sealed class FailingDisk
{
    public bool Fails { get; set; }

    public IStableFile Open(string path) => new Failing(this, StableFile.Open(path));

    private sealed class Failing(FailingDisk disk, IStableFile file) : IStableFile
    {
        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void Sync()
        {
            if (disk.Fails)
            {
                throw new IOException("a cable", 5);
            }

            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
