namespace Aeamc.P2P.Anchoring.Tests;

public sealed class SolidityTests(ITestOutputHelper output)
{
    /// <summary>The fuzz and invariant tests in Contracts/tests.</summary>
    [Fact]
    public async Task Forge_passes_the_contracts_own_tests() => output.WriteLine(await SourceScript.RunAsync("test"));

    [Fact]
    public async Task The_committed_bytecode_is_what_the_pinned_compiler_makes_of_the_sources() => output.WriteLine(await SourceScript.RunAsync("build", "--check"));
}
