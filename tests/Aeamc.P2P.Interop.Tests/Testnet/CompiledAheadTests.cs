using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace Aeamc.P2P.Interop.Tests.Testnet;

public sealed class CompiledAheadTests
{
    /// <summary>Directory.Build.targets: programs that start nodes have the compiled ones beside them, not the ones that their own references bring.</summary>
    [Theory]
    [InlineData("aeamc")]
    [InlineData("Aeamc.P2P.Consensus")]
    [InlineData("Aeamc.P2P.Libp2p")]
    [InlineData("Google.Protobuf")]
    public void The_node_beside_this_program_is_compiled_ahead(string assembly)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture is Architecture.X64 or Architecture.Arm64, "Only for these is there a compiler in the build.");
        using var image = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        Assert.True(image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }
}
