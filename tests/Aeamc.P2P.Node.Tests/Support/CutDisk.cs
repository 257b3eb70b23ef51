using Aeamc.P2P.Storage;

namespace Aeamc.P2P.Node.Tests.Support;

/// <summary>Files of one disk whose power is cut after a number of operations: what was synced is there, of what was not any part of each write's beginning.</summary>
internal sealed class CutDisk(Random random, int operations)
{
    private int _left = operations;

    public bool IsCut => _left <= 0;

    public IStableFile Open(string path) => new File(this, StableFile.Open(path));

    private sealed class File(CutDisk disk, IStableFile file) : IStableFile
    {
        private readonly List<(byte[] Bytes, long Offset)> _writes = [];

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            _writes.Add((bytes.ToArray(), offset));
            Pass();
        }

        public void Sync()
        {
            Pass();
            _writes.ForEach(write => file.Write(write.Bytes, write.Offset));
            _writes.Clear();
        }

        public void Dispose() => file.Dispose();

        private void Pass()
        {
            if (--disk._left > 0)
            {
                return;
            }

            foreach ((byte[] bytes, long offset) in _writes)
            {
                file.Write(bytes.AsSpan(0, disk.Choose(bytes.Length)), offset);
            }

            _writes.Clear();
            throw new IOException("the power is out", 5);
        }
    }

    // Often all or nothing, else somewhere between.
    private int Choose(int length) => random.Next(3) switch { 0 => 0, 1 => length, _ => random.Next(length) };
}
