using System.Runtime.Versioning;

[assembly: UnsupportedOSPlatform("windows")]

namespace Aeamc.P2P.Node.Tests.Support;

/// <summary>A folder of one test, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("aeamc-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
