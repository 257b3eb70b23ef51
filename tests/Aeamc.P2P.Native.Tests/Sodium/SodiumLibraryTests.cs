using Aeamc.P2P.Native.Sodium;

namespace Aeamc.P2P.Native.Tests.Sodium;

public class SodiumLibraryTests
{
    [Fact]
    public void The_installed_library_starts_and_names_its_version() => Assert.StartsWith("1.0.", SodiumLibrary.Version);

    [Fact]
    public void An_old_library_is_refused_with_the_version_needed()
    {
        var refusal = Assert.Throws<NativeLibraryUnsuitableException>(() => SodiumLibrary.CheckVersion("1.0.17", 10, 2, minimal: false));
        Assert.Contains("1.0.18", refusal.Message);
    }

    [Fact]
    public void A_minimal_build_is_refused() =>
        Assert.Throws<NativeLibraryUnsuitableException>(() => SodiumLibrary.CheckVersion("1.0.18", 10, 3, minimal: true));

    [Fact]
    public void Later_libraries_are_taken() => SodiumLibrary.CheckVersion("1.0.20", 26, 2, minimal: false);

    [Fact]
    public void A_missing_library_names_the_package() =>
        Assert.Contains("libsodium23", new NativeLibraryMissingException(NativeLibraries.Sodium, NativeLibraries.Candidates(NativeLibraries.Sodium)).Message);
}
