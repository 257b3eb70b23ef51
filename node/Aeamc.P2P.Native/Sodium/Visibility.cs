using System.Runtime.CompilerServices;

// The raw imports are for the safe types alone; the tests check the raw layer by itself.
[assembly: InternalsVisibleTo("Aeamc.P2P.Cryptography")]
[assembly: InternalsVisibleTo("Aeamc.P2P.Cryptography.Tests")]
[assembly: InternalsVisibleTo("Aeamc.P2P.Native.Tests")]
